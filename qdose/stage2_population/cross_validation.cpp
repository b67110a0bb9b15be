#include "qdose/stage2_population/cross_validation.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/predictions.hpp"
#include "qdose/stage2_population/psis.hpp"
#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {
namespace {

/// Observations that the fit used, of one subject.
struct Values {
  PredictionTimes times;
  std::vector<Observation> pk, pd;
};

Values values_of(const Subject& subject, bool with_pd) {
  Values values;
  for (const Observation& o : subject.concentrations)
    if (is_informative(subject, o)) {
      values.times.pk.push_back(o.time);
      values.pk.push_back(o);
    }
  for (const Observation& o : subject.responses)
    if (with_pd) {
      values.times.pd.push_back(o.time);
      values.pd.push_back(o);
    }
  return values;
}

}  // namespace

LooSummary cross_validate(const Posterior& posterior, std::size_t draws, int threads) {
  const Trial& trial = posterior.trial();
  std::vector<Values> values;
  std::vector<PredictionTimes> times;
  std::vector<std::size_t> first{0};
  for (const Subject& subject : trial.subjects) {
    values.push_back(values_of(subject, posterior.problem().pd != nullptr));
    times.push_back(values.back().times);
    first.push_back(first.back() + values.back().pk.size() + values.back().pd.size());
  }
  const Predictor predictor(posterior.problem(), trial, times);
  const std::vector<std::size_t> chosen = evenly_spaced(posterior.size(), draws);
  const std::size_t observations = first.back();
  std::vector<double> log_likelihood(observations * chosen.size());  // [observation][draw]
  with_predictors(predictor, chosen.size(), threads, [&](Predictor& own, std::size_t d) {
    const ErrorModel pk = posterior.pk_error(chosen[d]), pd = posterior.pd_error(chosen[d]);
    own.predict([&](std::size_t s) { return posterior.individual(chosen[d], s); },
                [&](std::size_t s, const Prediction& f) {
                  std::size_t at = first[s];
                  const auto put = [&](const ErrorModel& error, double prediction, const Observation& o) {
                    log_likelihood[at++ * chosen.size() + d] =
                        log_density_of(error, prediction, o.value, o.below_limit, o.limit);
                  };
                  for (std::size_t k = 0; k < f.pk.size(); ++k) put(pk, f.pk[k], values[s].pk[k]);
                  for (std::size_t k = 0; k < f.pd.size(); ++k) put(pd, f.pd[k], values[s].pd[k]);
                });
  });
  std::vector<LeaveOneOut> each(observations);
  std::vector<double> in_sample(observations);
  parallel_for(observations, threads, [&](std::size_t i) {
    const std::span<const double> own(log_likelihood.data() + i * chosen.size(), chosen.size());
    each[i] = leave_one_out(own);
    in_sample[i] = log_mean_exp(own);
  });
  LooSummary summary;
  summary.observations = observations;
  double squares = 0;
  for (std::size_t i = 0; i < observations; ++i) {
    summary.elpd += each[i].elpd;
    summary.p_loo += in_sample[i] - each[i].elpd;
    summary.worst_k = std::max(summary.worst_k, each[i].k);
    summary.bad_k += each[i].k > 0.7;
  }
  const double n = static_cast<double>(observations), mean = summary.elpd / n;
  for (const LeaveOneOut& one : each) squares += (one.elpd - mean) * (one.elpd - mean);
  summary.se = std::sqrt(n * squares / (n - 1));
  return summary;
}

}  // namespace qdose
