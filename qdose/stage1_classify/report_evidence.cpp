#include "qdose/stage1_classify/report_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "qdose/base/threads.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/report_design.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/residual_likelihood.hpp"

namespace qdose {
namespace {

constexpr std::uint32_t evidence_sub_item = 900;  // keeps these numbers apart from those of the samples

/// The report's residual errors.
const LaneErrors pk_errors{all_lanes(0.15), all_lanes(0.02)}, pd_errors{all_lanes(0.10), all_lanes(0.05)};

/// The report's distribution of a parameter: U(low, high) times exp(spread z), as a density of its logarithm.
double log_density(const ReportRange& range, double x) {
  const double low = std::log(range.low), high = std::log(range.high), s = range.spread;
  if (!(s > 0)) return x < low || x > high ? -INFINITY : x - std::log(range.high - range.low);
  const double a = (low - x - s * s) / s, b = (high - x - s * s) / s;
  const double mass = a > 0 ? normal_cdf(-a) - normal_cdf(-b) : normal_cdf(b) - normal_cdf(a);
  return mass > 1e-300 ? x + s * s / 2 - std::log(range.high - range.low) + std::log(mass) : -INFINITY;
}

/// A class with the report's ranges: parameters that it fixes are no dimensions. Points hold logarithms.
class ReportHypothesis : public Hypothesis {
 public:
  explicit ReportHypothesis(const ModelInfo& model) : model_(model) {
    for (std::size_t k = 0; k < model.parameters.size(); ++k)
      if (!model.parameters[k].is_fixed_in_report()) free_.push_back(k);
  }
  std::size_t size() const override { return free_.size(); }
  void draw(Stream& stream, double* x) const override {
    const std::vector<double> values = report_parameters(model_, stream);
    for (std::size_t k : free_) *x++ = std::log(values[k]);
  }
  double log_prior(const double* x) const override {
    double sum = 0;
    for (std::size_t k : free_) sum += log_density(model_.parameters[k].report, *x++);
    return sum;
  }
  void log_likelihoods(const double* x, std::size_t count, Stream& stream, double* out) const override {
    std::vector<Lanes> parameters(model_.parameters.size());
    for (std::size_t k = 0; k < parameters.size(); ++k)
      if (model_.parameters[k].is_fixed_in_report()) parameters[k] = all_lanes(model_.parameters[k].fixed);
    for (std::size_t first = 0; first < count; first += lanes) {
      for (std::size_t l = 0; l < lanes; ++l)
        for (std::size_t j = 0; j < free_.size(); ++j)
          parameters[free_[j]].v[l] = std::exp(x[std::min(first + l, count - 1) * free_.size() + j]);
      const Lanes values = likelihood_of(parameters, stream);
      for (std::size_t l = 0; l < std::min(lanes, count - first); ++l) out[first + l] = values[l];
    }
  }

 protected:
  virtual Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream& stream) const = 0;
  const ModelInfo& model_;

 private:
  std::vector<std::size_t> free_;
};

/// Doses and concentrations of one PK trajectory.
class PkHypothesis final : public ReportHypothesis {
 public:
  PkHypothesis(const ModelInfo& model, const PkPlan& plan, const ResidualLikelihood& likelihood)
      : ReportHypothesis(model), plan_(plan), likelihood_(likelihood), values_(plan.points.size()) {}

 private:
  Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream&) const override {
    pk_kernels(model_.about.id).concentrations(plan_, parameters.data(), workspace_, values_.data());
    for (Lanes& row : values_)
      for (double& c : row.v) c = c < 0 ? 0.0 : c;
    return likelihood_(values_.data(), pk_errors);
  }
  const PkPlan& plan_;
  const ResidualLikelihood& likelihood_;
  mutable Workspace workspace_;
  mutable std::vector<Lanes> values_;
};

/// A true concentration given one observed value: a flat prior cut into cells.
double draw_concentration(double observed, double proportional, double additive, Stream& stream) {
  constexpr std::size_t cells = 48;
  const double sd = std::hypot(proportional * observed, additive);
  const double low = std::max(0.0, observed - 4 * sd), high = observed + 5.5 * sd;
  double sum[cells], total = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    const double C = low + (high - low) * (static_cast<double>(i) + 0.5) / cells;
    const double s = std::hypot(proportional * C, additive), z = (observed - C) / s;
    total += observed > 0 ? std::exp(-z * z / 2) / s : normal_cdf(-C / s);
    sum[i] = total;
  }
  const double wanted = stream.uniform() * total;
  const std::size_t cell = std::min<std::size_t>(
      static_cast<std::size_t>(std::lower_bound(sum, sum + cells, wanted) - sum), cells - 1);
  return low + (high - low) * (static_cast<double>(cell) + stream.uniform()) / cells;
}

/// Curves that the observed concentrations of one PD trajectory allow, eight at a time, at the plan's points.
class ConcentrationPool {
 public:
  ConcentrationPool(const ReportPdPlan& panels, const float* observed, Stream& stream) {
    for (std::size_t b = 0; b < blocks; ++b) {
      std::vector<Lanes>& rows = pool_.emplace_back(panels.points());
      for (std::size_t l = 0; l < lanes; ++l)
        for (std::size_t i = 1; i < report_times(Role::pd).size(); ++i)  // nothing before the first dose
          rows[i].v[l] = draw_concentration(observed[i], 0.10, 0.01, stream);
      panels.interpolate(rows.data());
    }
  }
  const std::vector<Lanes>& any(Stream& stream) const {
    return pool_[stream.below(static_cast<std::uint32_t>(pool_.size()))];
  }

 private:
  static constexpr std::size_t blocks = 24;
  std::vector<std::vector<Lanes>> pool_;
};

/// The biomarker of one PD trajectory.
class PdHypothesis final : public ReportHypothesis {
 public:
  PdHypothesis(const ModelInfo& model, const ReportPdPlan& panels, const ConcentrationPool& pool,
               const ResidualLikelihood& likelihood)
      : ReportHypothesis(model),
        panels_(panels),
        pool_(pool),
        likelihood_(likelihood),
        values_(likelihood.size()) {}

 private:
  Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream& stream) const override {
    pd_kernels(model_.about.id)
        .responses(panels_.plan(), parameters.data(), pool_.any(stream).data(), workspace_, values_.data());
    return likelihood_(values_.data(), pd_errors);
  }
  const ReportPdPlan& panels_;
  const ConcentrationPool& pool_;
  const ResidualLikelihood& likelihood_;
  mutable Workspace workspace_;
  mutable std::vector<Lanes> values_;
};

/// Probabilities from the evidence of every class.
BayesPosterior posterior_of(const std::vector<Evidence>& evidence) {
  BayesPosterior posterior;
  double best = -INFINITY, sum = 0;
  for (const Evidence& e : evidence)
    if (e.log_value > best) {
      best = e.log_value;
      posterior.log_evidence_se = e.standard_error;
    }
  for (const Evidence& e : evidence) {
    posterior.probability.push_back(std::exp(e.log_value - best));
    sum += posterior.probability.back();
  }
  for (double& p : posterior.probability) p /= sum;
  return posterior;
}

/// The evidence of each class in turn; `hypothesis_of(class)` gives the hypothesis.
template <class HypothesisOf>
BayesPosterior compare(std::size_t classes, const EvidenceSettings& settings, Stream& stream,
                       HypothesisOf hypothesis_of) {
  std::vector<Evidence> evidence;
  double best = -INFINITY;
  for (std::size_t c = 0; c < classes; ++c) {
    evidence.push_back(estimate_evidence(*hypothesis_of(c), settings, best, stream));
    best = std::max(best, evidence.back().log_value);
  }
  return posterior_of(evidence);
}

PkPlan plan_of(const float* given, bool first_counts) {
  const auto times = report_times(Role::pk);
  Schedule schedule;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (given[i] > 0 && (i > 0 || first_counts)) schedule.doses.push_back({times[i], given[i], 0});
  schedule.pk_times.assign(times.begin(), times.end());
  return make_plan(std::vector<Schedule>(lanes, schedule), {1, 1, 24}, false).pk;
}

BayesPosterior pk_posterior(const ReportProblem& problem, const float* channels, Stream stream,
                            const EvidenceSettings& settings) {
  const std::size_t n = report_times(Role::pk).size();
  const PkPlan all_doses = plan_of(channels, true), without_first = plan_of(channels, false);
  const ResidualLikelihood likelihood({channels + n, channels + 2 * n});
  return compare(pk_models().size(), settings, stream, [&](std::size_t c) {
    const ModelInfo& model = pk_models()[c];
    const bool first_counts = problem.dose_at_zero || model.has_lag || model.has_infusion;
    return std::make_unique<PkHypothesis>(model, first_counts ? all_doses : without_first, likelihood);
  });
}

BayesPosterior pd_posterior(const float* channels, Stream stream, const EvidenceSettings& settings) {
  static const ReportPdPlan panels;
  const std::size_t n = report_times(Role::pd).size();
  const ConcentrationPool pool(panels, channels, stream);
  const ResidualLikelihood likelihood({channels + n, channels + 2 * n});
  return compare(pd_models().size(), settings, stream, [&](std::size_t c) {
    return std::make_unique<PdHypothesis>(pd_models()[c], panels, pool, likelihood);
  });
}

}  // namespace

std::vector<BayesPosterior> bayes_classifier(const ReportProblem& problem,
                                             const ReportTrajectories& trajectories, std::uint64_t seed,
                                             std::uint64_t first_item, int threads,
                                             const EvidenceSettings& settings) {
  std::vector<BayesPosterior> posteriors(trajectories.count);
  parallel_for(trajectories.count, threads, [&](std::size_t i) {
    const float* channels = &trajectories.values[2 * trajectories.times * i];
    const Stream stream(seed, Purpose::test, first_item + i, evidence_sub_item);
    posteriors[i] = problem.role == Role::pk ? pk_posterior(problem, channels, stream, settings)
                                             : pd_posterior(channels, stream, settings);
  });
  return posteriors;
}

}  // namespace qdose
