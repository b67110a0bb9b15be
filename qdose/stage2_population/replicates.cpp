#include "qdose/stage2_population/replicates.hpp"

#include "qdose/stage2_population/predictions.hpp"

namespace qdose {
namespace {

/// The random numbers of a subject in a replicate: of its parameters (part 0) and of its errors (part 1).
Stream stream_of(std::uint64_t seed, std::size_t draw, std::size_t subject, std::uint64_t part) {
  return Stream(seed, Purpose::posterior_check, 2 * draw + part, static_cast<std::uint32_t>(subject));
}

/// With residual error; a value below a stated limit is shown at half of it, as in the data.
double noisy(double prediction, const ErrorModel& error, const Observation& observation, Stream& random) {
  const double y = error.value(prediction, random.normal());
  return y < observation.limit ? 0.5 * observation.limit : y;
}

}  // namespace

std::vector<Replicate> replicates(const Posterior& posterior, std::size_t wanted, std::uint64_t seed,
                                  int threads) {
  const std::vector<Subject>& subjects = posterior.trial().subjects;
  std::vector<PredictionTimes> times;
  for (const Subject& subject : subjects) times.push_back(observation_times(subject));
  const Predictor predictor(posterior.problem(), posterior.trial(), times);
  const std::vector<std::size_t> draws = evenly_spaced(posterior.size(), wanted);
  std::vector<Replicate> result(draws.size());
  for (Replicate& replicate : result) {
    replicate.pk.resize(subjects.size());
    replicate.pd.resize(subjects.size());
  }
  predictor.predict(
      draws.size(), threads,
      [&](std::size_t i, std::size_t s, std::span<double> phi) {
        Stream random = stream_of(seed, draws[i], s, 0);
        posterior.replicate(draws[i], s, random, phi);
      },
      [&](std::size_t i, std::size_t s, const Prediction& f) {
        Stream random = stream_of(seed, draws[i], s, 1);
        const ErrorModel pk = posterior.pk_error(draws[i]), pd = posterior.pd_error(draws[i]);
        std::vector<double>&pk_values = result[i].pk[s], &pd_values = result[i].pd[s];
        pk_values.resize(f.pk_values.size());
        pd_values.resize(f.pd_values.size());
        for (std::size_t k = 0; k < pk_values.size(); ++k)
          pk_values[k] = noisy(f.pk(k), pk, subjects[s].concentrations[k], random);
        for (std::size_t k = 0; k < pd_values.size(); ++k)
          pd_values[k] = noisy(f.pd(k), pd, subjects[s].responses[k], random);
      });
  return result;
}

}  // namespace qdose
