#include "qdose/stage1_classify/trial_evidence.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/results/population_model.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/priors.hpp"
#include "qdose/simulate/trial_scales.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/residual_likelihood.hpp"
#include "qdose/stage1_classify/virtual_trials.hpp"

namespace qdose {
namespace {

constexpr std::size_t populations = 2000, curve_blocks = 24;

/// Individuals of one class, whatever their population: a mixture of normal distributions.
class MixturePrior {
 public:
  MixturePrior(const ModelInfo& model, const TrialScales& scales, std::uint64_t seed) : model_(&model) {
    const auto n = static_cast<Eigen::Index>(populations);
    const auto d = static_cast<Eigen::Index>(model.parameters.size());
    mean_.resize(n, d);
    inverse_.resize(n, d);
    log_scale_.resize(n);
    for (Eigen::Index k = 0; k < n; ++k) {
      Stream stream(seed, Purpose::population, static_cast<std::uint64_t>(k),
                    static_cast<std::uint32_t>(model.about.label) + (model.role == Role::pd ? 32u : 0u));
      const PriorDraw draw = draw_prior(model, scales, stream);
      errors_.push_back({draw.proportional, draw.additive});
      double log_omega = 0;
      for (Eigen::Index i = 0; i < d; ++i) {
        mean_(k, i) = static_cast<float>(draw.typical[static_cast<std::size_t>(i)]);
        inverse_(k, i) = static_cast<float>(1 / draw.omega[static_cast<std::size_t>(i)]);
        log_omega += std::log(draw.omega[static_cast<std::size_t>(i)]);
      }
      log_scale_(k) = static_cast<float>(-log_omega);
    }
  }
  const ModelInfo& model() const { return *model_; }
  std::size_t size() const { return model_->parameters.size(); }

  void draw(Stream& stream, double* x) const {
    const Eigen::Index k = stream.below(populations);
    for (Eigen::Index i = 0; i < mean_.cols(); ++i)
      x[i] = static_cast<double>(mean_(k, i)) + stream.normal() / static_cast<double>(inverse_(k, i));
  }
  double log_density(const double* x) const {
    Eigen::ArrayXf exponent = log_scale_;
    for (Eigen::Index i = 0; i < mean_.cols(); ++i)
      exponent -= 0.5f * ((static_cast<float>(x[i]) - mean_.col(i)) * inverse_.col(i)).square();
    const float top = exponent.maxCoeff();
    return static_cast<double>(top) + std::log(static_cast<double>((exponent - top).exp().sum())) -
           std::log(static_cast<double>(populations)) -
           0.5 * static_cast<double>(size()) * std::log(2 * std::numbers::pi);
  }
  /// Residual errors of eight populations: they do not depend on the other parameters.
  LaneErrors any_errors(Stream& stream) const {
    LaneErrors errors;
    for (std::size_t l = 0; l < lanes; ++l) {
      const auto& [proportional, additive] = errors_[stream.below(populations)];
      errors.proportional[l] = proportional;
      errors.additive[l] = additive;
    }
    return errors;
  }

 private:
  const ModelInfo* model_;
  Eigen::ArrayXXf mean_, inverse_;
  Eigen::ArrayXf log_scale_;
  std::vector<std::pair<double, double>> errors_;
};

/// One class and one subject.
class MixtureHypothesis : public Hypothesis {
 public:
  explicit MixtureHypothesis(const MixturePrior& prior) : prior_(prior) {}
  std::size_t size() const override { return prior_.size(); }
  void draw(Stream& stream, double* x) const override { prior_.draw(stream, x); }
  double log_prior(const double* x) const override { return prior_.log_density(x); }
  void log_likelihoods(const double* x, std::size_t count, Stream& stream, double* out) const override {
    for (std::size_t first = 0; first < count; first += lanes) {
      const Lanes values = likelihood_of(natural_lanes(x, first, count), stream);
      for (std::size_t l = 0; l < std::min(lanes, count - first); ++l) out[first + l] = values[l];
    }
  }
  /// Points first ... first + 7 of x [count][d] (the last one repeated) on the natural scale.
  std::vector<Lanes> natural_lanes(const double* x, std::size_t first, std::size_t count) const {
    std::vector<Lanes> parameters(size());
    for (std::size_t l = 0; l < lanes; ++l)
      for (std::size_t i = 0; i < size(); ++i)
        parameters[i].v[l] =
            to_natural(prior_.model().parameters[i].scale, x[std::min(first + l, count - 1) * size() + i]);
    return parameters;
  }

 protected:
  virtual Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream& stream) const = 0;
  const MixturePrior& prior_;
};

class SubjectPk final : public MixtureHypothesis {
 public:
  SubjectPk(const MixturePrior& prior, const BatchPlan& plan, const ResidualLikelihood& likelihood)
      : MixtureHypothesis(prior), plan_(plan), likelihood_(likelihood), values_(plan.pk.points.size()) {}
  const std::vector<Lanes>& concentrations(const std::vector<Lanes>& parameters) const {
    pk_kernels(prior_.model().about.id)
        .concentrations(plan_.pk, parameters.data(), workspace_, values_.data());
    return values_;
  }

 private:
  Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream& stream) const override {
    return likelihood_(concentrations(parameters).data(), prior_.any_errors(stream));
  }
  const BatchPlan& plan_;
  const ResidualLikelihood& likelihood_;
  mutable Workspace workspace_;
  mutable std::vector<Lanes> values_;
};

/// Concentrations at the points of the plan of the class that made them.
struct Curve {
  const BatchPlan* plan;
  std::vector<Lanes> values;
};
using Curves = std::vector<Curve>;

class SubjectPd final : public MixtureHypothesis {
 public:
  SubjectPd(const MixturePrior& prior, const Curves& curves, const ResidualLikelihood& likelihood)
      : MixtureHypothesis(prior), curves_(curves), likelihood_(likelihood), values_(likelihood.size()) {}

 private:
  Lanes likelihood_of(const std::vector<Lanes>& parameters, Stream& stream) const override {
    const Curve& C = curves_[stream.below(static_cast<std::uint32_t>(curves_.size()))];
    pd_kernels(prior_.model().about.id)
        .responses(C.plan->pd, parameters.data(), C.values.data(), workspace_, values_.data());
    return likelihood_(values_.data(), prior_.any_errors(stream));
  }
  const Curves& curves_;
  const ResidualLikelihood& likelihood_;
  mutable Workspace workspace_;
  mutable std::vector<Lanes> values_;
};

std::vector<double> values_of(const std::vector<Observation>& observations) {
  std::vector<double> values;
  for (const Observation& o : observations) values.push_back(o.value);
  return values;
}

/// Evidence of every possible class, nothing (-inf) for the others.
template <class HypothesisOf>
std::vector<Evidence> evidence_of(const std::vector<bool>& possible, Stream& stream,
                                  HypothesisOf hypothesis_of) {
  std::vector<Evidence> all(possible.size());
  double best = -INFINITY;
  for (std::size_t c = 0; c < all.size(); ++c) {
    all[c].log_value = -INFINITY;
    if (!possible[c]) continue;
    all[c] = estimate_evidence(hypothesis_of(c), {}, best, stream);
    best = std::max(best, all[c].log_value);
  }
  return all;
}

std::vector<double> normalised(const std::vector<Evidence>& evidence) {
  double best = -INFINITY, sum = 0;
  for (const Evidence& e : evidence) best = std::max(best, e.log_value);
  std::vector<double> p;
  for (const Evidence& e : evidence) sum += p.emplace_back(std::exp(e.log_value - best));
  for (double& x : p) x /= sum;
  return p;
}

}  // namespace

struct TrialBayes::Inside {
  Role role;
  std::vector<bool> possible_pk, possible_pd;
  std::vector<MixturePrior> pk, pd;

  /// Eight times the same subject.
  SubjectBlock block_of(const Subject& subject) const {
    const std::vector<Schedule> same(lanes, schedule_of(subject));
    SubjectBlock block;
    lay_plans(same, resolution_for(same), role == Role::pd, block);
    return block;
  }

  /// Curves from the posterior of the subject's concentrations, classes in proportion to their probabilities.
  Curves curves(const SubjectBlock& block, const ResidualLikelihood& likelihood, Stream& stream) const {
    const auto hypothesis_of = [&](std::size_t c) {
      return SubjectPk(pk[c], block.plan_for(pk[c].model()), likelihood);
    };
    const std::vector<Evidence> evidence = evidence_of(possible_pk, stream, hypothesis_of);
    const std::vector<double> p = normalised(evidence);
    Curves curves;
    double passed = p[0];
    std::size_t c = 0;
    const double start = stream.uniform();
    for (std::size_t b = 0; b < curve_blocks; ++b) {
      const double wanted = (start + static_cast<double>(b)) / static_cast<double>(curve_blocks);
      while (passed < wanted && c + 1 < p.size()) passed += p[++c];
      const SubjectPk hypothesis = hypothesis_of(c);
      const std::size_t first = lanes * stream.below(static_cast<std::uint32_t>(sample_size / lanes));
      curves.push_back({&block.plan_for(pk[c].model()), hypothesis.concentrations(hypothesis.natural_lanes(
                                                            evidence[c].sample.data(), first, sample_size))});
    }
    return curves;
  }
};

TrialBayes::TrialBayes(const Trial& design, Role role, std::uint64_t seed)
    : inside_(std::make_unique<Inside>()) {
  const TrialScales scales = trial_scales(design);
  inside_->role = role;
  inside_->possible_pk = possible_classes(Role::pk, design);
  inside_->possible_pd = possible_classes(Role::pd, design);
  for (const ModelInfo& model : pk_models()) inside_->pk.emplace_back(model, scales, seed);
  for (const ModelInfo& model : pd_models()) inside_->pd.emplace_back(model, scales, seed);
}

TrialBayes::~TrialBayes() = default;

std::vector<double> TrialBayes::posterior(const Subject& subject, Stream stream) const {
  const Inside& in = *inside_;
  const std::vector<bool>& possible = in.role == Role::pk ? in.possible_pk : in.possible_pd;
  if (subject.doses.empty()) {
    const double n = static_cast<double>(std::count(possible.begin(), possible.end(), true));
    std::vector<double> p;
    for (bool can : possible) p.push_back(can ? 1 / n : 0);
    return p;
  }
  const SubjectBlock block = in.block_of(subject);
  const ResidualLikelihood concentrations(values_of(subject.concentrations));
  if (in.role == Role::pk)
    return normalised(evidence_of(
        possible, stream, [&](std::size_t c) { return SubjectPk(in.pk[c], block.plan, concentrations); }));
  const Curves curves = in.curves(block, concentrations, stream);
  const ResidualLikelihood responses(values_of(subject.responses));
  return normalised(
      evidence_of(possible, stream, [&](std::size_t c) { return SubjectPd(in.pd[c], curves, responses); }));
}

}  // namespace qdose
