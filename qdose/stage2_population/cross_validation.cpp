#include "qdose/stage2_population/cross_validation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/predictions.hpp"
#include "qdose/stage2_population/psis.hpp"

namespace qdose {
namespace {

double log_normal_density(double y, double f, const ErrorModel& error) {
  const double variance = error.proportional * error.proportional * f * f + error.additive * error.additive;
  return -0.5 * (std::log(2.0 * std::numbers::pi * variance) + (y - f) * (y - f) / variance);
}

/// Observations that the fit used, of one subject.
struct Values {
  PredictionTimes times;
  std::vector<double> pk, pd;
};

Values values_of(const Subject& subject, bool with_pd) {
  Values values;
  for (const Observation& o : subject.concentrations)
    if (!subject.doses.empty() && o.time > subject.doses.front().time && o.value > 0) {
      values.times.pk.push_back(o.time);
      values.pk.push_back(o.value);
    }
  for (const Observation& o : subject.responses)
    if (with_pd) {
      values.times.pd.push_back(o.time);
      values.pd.push_back(o.value);
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
  parallel_for(chosen.size(), threads, [&](std::size_t d) {
    Predictor own = predictor;
    const ErrorModel pk = posterior.pk_error(chosen[d]), pd = posterior.pd_error(chosen[d]);
    own.predict([&](std::size_t s) { return posterior.individual(chosen[d], s); },
                [&](std::size_t s, const Prediction& f) {
                  std::size_t at = first[s];
                  const auto put = [&](double value) { log_likelihood[at++ * chosen.size() + d] = value; };
                  for (std::size_t k = 0; k < f.pk.size(); ++k)
                    put(log_normal_density(values[s].pk[k], f.pk[k], pk));
                  for (std::size_t k = 0; k < f.pd.size(); ++k)
                    put(log_normal_density(values[s].pd[k], f.pd[k], pd));
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
  double squares = 0;
  for (std::size_t i = 0; i < observations; ++i) {
    summary.elpd += each[i].elpd;
    summary.p_loo += in_sample[i] - each[i].elpd;
    summary.worst_k = std::max(summary.worst_k, each[i].k);
  }
  const double n = static_cast<double>(observations), mean = summary.elpd / n;
  for (const LeaveOneOut& one : each) squares += (one.elpd - mean) * (one.elpd - mean);
  summary.se = std::sqrt(n * squares / (n - 1));
  return summary;
}

}  // namespace qdose
