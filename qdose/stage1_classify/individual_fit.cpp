#include "qdose/stage1_classify/individual_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "qdose/results/population_model.hpp"

namespace qdose {
namespace {

constexpr int iterations = 25;
constexpr double difference_step = 1e-5;

/// Natural-scale lanes of some subjects' unbounded parameters.
ClassParameters natural(const ModelInfo& model, const SubjectBlock& block,
                        const std::vector<std::vector<double>>& unbounded) {
  ClassParameters p{&model, std::vector<Lanes>(model.parameters.size())};
  for (std::size_t i = 0; i < p.values.size(); ++i)
    for (std::size_t l = 0; l < lanes; ++l) {
      const std::size_t s = block.subjects[std::min(l, block.subjects.size() - 1)];
      p.values[i][l] = to_natural(model.parameters[i].scale, unbounded[s][i]);
    }
  return p;
}

/// Eight subjects that take their steps together, each with its own damping.
class BlockFit {
 public:
  BlockFit(const FitProblem& problem, std::size_t index, const ObservedValues& observed, double sd)
      : problem_(problem),
        index_(index),
        block_(problem.blocks->arrangement(0)[index]),
        observed_(observed),
        sd_(sd) {}

  void run(std::vector<std::vector<double>>& phi, std::vector<std::vector<double>>& fitted) {
    const std::size_t n = block_.subjects.size(), p = problem_.model->parameters.size();
    std::vector<Lanes> base = predict(phi);
    std::vector<double> damping(n, 1e-2), cost(n);
    for (std::size_t l = 0; l < n; ++l) cost[l] = cost_of(base, l, phi[block_.subjects[l]]);
    for (int it = 0; it < iterations; ++it) {
      std::vector<std::vector<Lanes>> shifted;
      for (std::size_t i = 0; i < p; ++i) {
        auto moved = phi;
        for (std::size_t s : block_.subjects) moved[s][i] += difference_step;
        shifted.push_back(predict(moved));
      }
      auto trial = phi;
      for (std::size_t l = 0; l < n; ++l) step(l, base, shifted, damping[l], trial[block_.subjects[l]]);
      const std::vector<Lanes> next = predict(trial);
      bool moving = false;
      for (std::size_t l = 0; l < n; ++l) {
        const std::size_t s = block_.subjects[l];
        const double there = cost_of(next, l, trial[s]);
        const bool better = there < cost[l];
        moving =
            moving || (better && cost[l] - there > 1e-6 * (1 + cost[l])) || (!better && damping[l] < 1e6);
        damping[l] = better ? damping[l] / 5 : damping[l] * 5;
        if (!better) continue;
        phi[s] = trial[s];
        cost[l] = there;
        for (std::size_t k = 0; k < base.size(); ++k) base[k][l] = next[k][l];
      }
      if (!moving) break;
    }
    for (std::size_t l = 0; l < n; ++l)
      for (std::size_t k = 0; k < observed_[block_.subjects[l]].size(); ++k)
        fitted[block_.subjects[l]].push_back(base[k][l]);
  }

 private:
  std::vector<Lanes> predict(const std::vector<std::vector<double>>& phi) {
    const ClassParameters p = natural(*problem_.model, block_, phi);
    if (problem_.model->role == Role::pk) {
      scratch_.concentration.resize(block_.plan.pk.points.size());
      pk_kernels(p.model->about.id)
          .concentrations(block_.plan.pk, p.values.data(), scratch_.workspace, scratch_.concentration.data());
      return {scratch_.concentration.begin(),
              scratch_.concentration.begin() + static_cast<std::ptrdiff_t>(block_.plan.pk_observations)};
    }
    const BatchPlan& plan = block_.plan_for(*problem_.pk);
    std::vector<Lanes> values(plan.pd.responses.size());
    pd_kernels(p.model->about.id)
        .responses(plan.pd, p.values.data(), (*problem_.concentrations)[index_].data(), scratch_.workspace,
                   values.data());
    return values;
  }

  double residual(const std::vector<Lanes>& values, std::size_t l, std::size_t k) const {
    const double y = observed_[block_.subjects[l]][k];
    return (problem_.scale(y) - problem_.scale(values[k][l])) / sd_;
  }

  /// Minus twice the log posterior; infinite where a value is not finite.
  double cost_of(const std::vector<Lanes>& values, std::size_t l, const std::vector<double>& phi) const {
    double cost = 0;
    for (std::size_t k = 0; k < observed_[block_.subjects[l]].size(); ++k) {
      const double r = residual(values, l, k);
      cost += r * r;
    }
    for (std::size_t i = 0; i < phi.size(); ++i) {
      const double z = (phi[i] - problem_.prior.mean[i]) / problem_.prior.sd[i];
      cost += z * z;
    }
    return std::isfinite(cost) ? cost : INFINITY;
  }

  /// One damped Gauss-Newton step of one subject.
  void step(std::size_t l, const std::vector<Lanes>& base, const std::vector<std::vector<Lanes>>& shifted,
            double damping, std::vector<double>& phi) const {
    const auto n = static_cast<Eigen::Index>(observed_[block_.subjects[l]].size()),
               p = static_cast<Eigen::Index>(phi.size());
    Eigen::MatrixXd J(n, p);
    Eigen::VectorXd r(n);
    for (Eigen::Index k = 0; k < n; ++k) {
      const auto row = static_cast<std::size_t>(k);
      r[k] = residual(base, l, row);
      for (Eigen::Index i = 0; i < p; ++i)
        J(k, i) = (r[k] - residual(shifted[static_cast<std::size_t>(i)], l, row)) / difference_step;
    }
    Eigen::MatrixXd A = J.transpose() * J;
    Eigen::VectorXd g = J.transpose() * r;
    for (Eigen::Index i = 0; i < p; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double weight = 1 / (problem_.prior.sd[k] * problem_.prior.sd[k]);
      A(i, i) += weight;
      g[i] += weight * (problem_.prior.mean[k] - phi[k]);
      A(i, i) *= 1 + damping;
    }
    const Eigen::VectorXd move = A.ldlt().solve(g);
    if (!move.allFinite()) return;
    for (Eigen::Index i = 0; i < p; ++i) phi[static_cast<std::size_t>(i)] += std::clamp(move[i], -2.0, 2.0);
  }

  const FitProblem& problem_;
  std::size_t index_;
  const SubjectBlock& block_;
  const ObservedValues& observed_;
  double sd_;
  SimulationScratch scratch_;
};

}  // namespace

double ResidualScale::operator()(double y) const { return std::asinh(y / (2 * bend)); }
double ResidualScale::back(double transformed) const { return 2 * bend * std::sinh(transformed); }

IndividualFits fit_individuals(const FitProblem& problem, const ObservedValues& observed, double sd,
                               const std::vector<std::vector<double>>& start) {
  IndividualFits fits;
  fits.parameters = start;
  fits.fitted.resize(start.size());
  for (std::size_t b = 0; b < problem.blocks->arrangement(0).size(); ++b)
    BlockFit(problem, b, observed, sd).run(fits.parameters, fits.fitted);
  return fits;
}

std::vector<std::vector<Lanes>> concentrations_of(const ModelInfo& pk, const DesignBlocks& blocks,
                                                  const std::vector<std::vector<double>>& parameters) {
  std::vector<std::vector<Lanes>> all;
  Workspace workspace;
  for (const SubjectBlock& block : blocks.arrangement(0)) {
    const ClassParameters p = natural(pk, block, parameters);
    const BatchPlan& plan = block.plan_for(pk);
    std::vector<Lanes>& values = all.emplace_back(plan.pk.points.size());
    pk_kernels(pk.about.id).concentrations(plan.pk, p.values.data(), workspace, values.data());
  }
  return all;
}

}  // namespace qdose
