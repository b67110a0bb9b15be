#include "qdose/stage2_population/cross_validation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "qdose/base/threads.hpp"
#include "qdose/num/batch.hpp"
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

/// Residual errors of the chosen draws.
struct ErrorDraws {
  std::vector<ErrorModel> pk, pd;
};

/// An observation and what is known about its error.
struct Left {
  const Observation* value;
  const std::vector<ErrorModel>* errors;
};

/// log_density_of a value that is normal on its own scale, for up to eight draws.
void to_normal_log_likelihood(double value, std::span<const ErrorModel> errors,
                              std::span<double> predictions) {
  alignas(64) double f[8] = {}, proportional[8] = {}, additive[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  for (std::size_t d = 0; d < predictions.size(); ++d) {
    f[d] = predictions[d];
    proportional[d] = errors[d].proportional;
    additive[d] = errors[d].additive;
  }
  const Batch x = Batch::load(f), a = Batch::load(proportional), b = Batch::load(additive);
  const Batch e = Batch(value) - x, ax = a * x, variance = ax * ax + b * b;
  const Batch y = Batch(-0.5) * (e * e / variance + log(variance) + Batch(std::log(2.0 * std::numbers::pi)));
  for (std::size_t d = 0; d < predictions.size(); ++d) predictions[d] = y.lane(d);
}

/// Replaces predictions [draw] by the log likelihoods of a value.
void to_log_likelihood(const Left& left, std::span<double> predictions) {
  const Observation& o = *left.value;
  const std::span<const ErrorModel> errors = *left.errors;
  if (o.below_limit || errors.front().log_scale) {
    for (std::size_t d = 0; d < predictions.size(); ++d)
      predictions[d] = log_density_of(errors[d], predictions[d], o.value, o.below_limit, o.limit);
    return;
  }
  for (std::size_t first = 0; first < predictions.size(); first += 8) {
    const std::size_t here = std::min<std::size_t>(8, predictions.size() - first);
    to_normal_log_likelihood(o.value, errors.subspan(first, here), predictions.subspan(first, here));
  }
}

LooSummary summary_of(const std::vector<LeaveOneOut>& each, const std::vector<double>& in_sample) {
  LooSummary summary;
  summary.observations = each.size();
  for (std::size_t i = 0; i < each.size(); ++i) {
    summary.elpd += each[i].elpd;
    summary.p_loo += in_sample[i] - each[i].elpd;
    summary.worst_k = std::max(summary.worst_k, each[i].k);
    summary.bad_k += each[i].k > 0.7;
  }
  const double n = static_cast<double>(each.size()), mean = summary.elpd / n;
  double squares = 0;
  for (const LeaveOneOut& one : each) squares += (one.elpd - mean) * (one.elpd - mean);
  summary.se = std::sqrt(n * squares / (n - 1));
  return summary;
}

}  // namespace

LooSummary cross_validate(const Posterior& posterior, std::size_t draws, int threads) {
  const Trial& trial = posterior.trial();
  const std::vector<std::size_t> chosen = evenly_spaced(posterior.size(), draws);
  ErrorDraws errors;
  for (std::size_t k : chosen) {
    errors.pk.push_back(posterior.pk_error(k));
    errors.pd.push_back(posterior.pd_error(k));
  }
  std::vector<Values> values;
  std::vector<PredictionTimes> times;
  for (const Subject& subject : trial.subjects) {
    values.push_back(values_of(subject, posterior.problem().pd != nullptr));
    times.push_back(values.back().times);
  }
  std::vector<Left> left;
  std::vector<std::size_t> first;  // [subject] of its observations, PK then PD
  for (const Values& own : values) {
    first.push_back(left.size());
    for (const Observation& o : own.pk) left.push_back({&o, &errors.pk});
    for (const Observation& o : own.pd) left.push_back({&o, &errors.pd});
  }
  std::vector<double> table(left.size() * chosen.size());  // [observation][draw]
  const Predictor predictor(posterior.problem(), trial, times);
  predictor.predict(
      chosen.size(), threads,
      [&](std::size_t d, std::size_t s, std::span<double> phi) { posterior.individual(chosen[d], s, phi); },
      [&](std::size_t d, std::size_t s, const Prediction& f) {
        double* own = table.data() + first[s] * chosen.size() + d;
        for (std::size_t k = 0; k < f.pk_values.size(); ++k, own += chosen.size()) *own = f.pk(k);
        for (std::size_t k = 0; k < f.pd_values.size(); ++k, own += chosen.size()) *own = f.pd(k);
      });
  std::vector<LeaveOneOut> each(left.size());
  std::vector<double> in_sample(left.size());
  parallel_for(left.size(), threads, [&](std::size_t i) {
    const std::span<double> own(table.data() + i * chosen.size(), chosen.size());
    to_log_likelihood(left[i], own);
    each[i] = leave_one_out(own);
    in_sample[i] = log_mean_exp(own);
  });
  return summary_of(each, in_sample);
}

}  // namespace qdose
