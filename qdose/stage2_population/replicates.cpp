#include "qdose/stage2_population/replicates.hpp"

#include "qdose/stage2_population/predictions.hpp"

namespace qdose {
namespace {

Replicate simulate(const Posterior& posterior, Predictor& predictor, std::size_t draw, std::uint64_t seed) {
  const std::size_t subjects = posterior.trial().subjects.size();
  Replicate replicate{std::vector<std::vector<double>>(subjects), std::vector<std::vector<double>>(subjects)};
  const ErrorModel pk = posterior.pk_error(draw), pd = posterior.pd_error(draw);
  const auto stream = [&](std::size_t s, std::uint64_t part) {
    return Stream(seed, Purpose::posterior_check, 2 * draw + part, static_cast<std::uint32_t>(s));
  };
  predictor.predict(
      [&](std::size_t s) {
        Stream random = stream(s, 0);
        return posterior.replicate(draw, s, random);
      },
      [&](std::size_t s, const Prediction& prediction) {
        Stream random = stream(s, 1);
        // A value below a stated limit is shown at half of it, as in the data.
        const auto noisy = [&](double f, const ErrorModel& error, const Observation& o) {
          const double y = error.value(f, random.normal());
          return y < o.limit ? 0.5 * o.limit : y;
        };
        const Subject& subject = posterior.trial().subjects[s];
        for (std::size_t k = 0; k < prediction.pk.size(); ++k)
          replicate.pk[s].push_back(noisy(prediction.pk[k], pk, subject.concentrations[k]));
        for (std::size_t k = 0; k < prediction.pd.size(); ++k)
          replicate.pd[s].push_back(noisy(prediction.pd[k], pd, subject.responses[k]));
      });
  return replicate;
}

}  // namespace

std::vector<Replicate> replicates(const Posterior& posterior, std::size_t wanted, std::uint64_t seed,
                                  int threads) {
  std::vector<PredictionTimes> times;
  for (const Subject& subject : posterior.trial().subjects) {
    times.push_back(observation_times(subject));
    if (posterior.problem().pd == nullptr) times.back().pd.clear();
  }
  const Predictor predictor(posterior.problem(), posterior.trial(), times);
  const std::vector<std::size_t> draws = evenly_spaced(posterior.size(), wanted);
  std::vector<Replicate> result(draws.size());
  with_predictors(predictor, draws.size(), threads, [&](Predictor& own, std::size_t i) {
    result[i] = simulate(posterior, own, draws[i], seed);
  });
  return result;
}

}  // namespace qdose
