#include "qdose/stage3_covariates/tuning.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace qdose {
namespace {

constexpr int penalties = 13;
double penalty(int k) { return std::pow(10.0, -3 + 0.5 * k); }

double mean_square(const Eigen::VectorXd& residual, const Eigen::VectorXd& weights) {
  return weights.dot(residual.cwiseAbs2()) / weights.sum();
}

/// Targets with the same subjects and weights share the decomposition of every candidate.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<CovariateTarget>& targets) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    bool placed = false;
    for (auto& group : groups) {
      const CovariateTarget& first = targets[group.front()];
      placed = first.subjects == targets[t].subjects && first.weights == targets[t].weights;
      if (placed) {
        group.push_back(t);
        break;
      }
    }
    if (!placed) groups.push_back({t});
  }
  return groups;
}

/// The best penalty of one candidate for one target.
Choice best_penalty(const RidgePath& path, const Candidate& candidate, const CovariateTarget& target,
                    bool by_likelihood) {
  Choice best{candidate, 0, std::numeric_limits<double>::infinity(), {}};
  const int count = candidate.basis < 0 ? 1 : penalties;  // without functions there is nothing to penalise
  for (int k = 0; k < count; ++k) {
    const double lambda = penalty(k);
    const double score = by_likelihood ? -path.log_likelihood(target.y, lambda)
                                       : mean_square(path.loo_residuals(target.y, lambda), target.weights);
    if (score < best.score || k == 0) best.lambda = lambda, best.score = score;
  }
  best.loo_residuals = path.loo_residuals(target.y, best.lambda);
  return best;
}

/// Best choice of a level for every target of a group.
std::vector<Choice> best_of_level(const Design& design, const std::vector<Candidate>& level,
                                  const std::vector<CovariateTarget>& targets,
                                  const std::vector<std::size_t>& group, bool by_likelihood) {
  std::vector<std::optional<Choice>> best(group.size());
  const CovariateTarget& first = targets[group.front()];
  for (const Candidate& candidate : level) {
    const RidgePath path = make_path(design, candidate, first.subjects, first.weights);
    for (std::size_t k = 0; k < group.size(); ++k) {
      Choice choice = best_penalty(path, candidate, targets[group[k]], by_likelihood);
      if (!best[k] || choice.score < best[k]->score) best[k] = std::move(choice);
    }
  }
  std::vector<Choice> choices;
  for (auto& choice : best) choices.push_back(std::move(*choice));
  return choices;
}

std::vector<Choice> choose_variant(const Design& design, const Variant& variant, const Method& method,
                                   const std::vector<CovariateTarget>& targets) {
  std::vector<Choice> choices(targets.size());
  for (const auto& group : groups_of(targets))
    for (std::size_t level = 0; level < variant.levels.size(); ++level) {
      std::vector<Choice> offered =
          best_of_level(design, variant.levels[level], targets, group, method.by_likelihood);
      for (std::size_t k = 0; k < group.size(); ++k) {
        Choice& current = choices[group[k]];
        const CovariateTarget& target = targets[group[k]];
        if (level > 0) {
          const auto gain = compare(current.loo_residuals, offered[k].loo_residuals, target.weights);
          if (!(gain.mean > static_cast<double>(level) * method.caution * gain.se)) continue;
        }
        current = std::move(offered[k]);
      }
    }
  return choices;
}

}  // namespace

Eigen::MatrixXd trend_columns(Trend trend, const InputMatrix& inputs) {
  const Eigen::Index columns = trend == Trend::linear ? inputs.trend.cols() : 0;
  Eigen::MatrixXd out(inputs.rows(), 1 + columns);
  out.col(0).setOnes();
  out.rightCols(columns) = inputs.trend.leftCols(columns);
  return out;
}

RidgePath make_path(const Design& design, const Candidate& candidate,
                    const std::vector<std::size_t>& subjects, const Eigen::VectorXd& weights) {
  Eigen::MatrixXd functions(static_cast<Eigen::Index>(subjects.size()), 0);
  if (candidate.basis >= 0)
    functions = design.bases[static_cast<std::size_t>(candidate.basis)].training(subjects, Eigen::all);
  return {trend_columns(candidate.trend, design.inputs)(subjects, Eigen::all), std::move(functions), weights};
}

PairedDifference compare(const Eigen::VectorXd& residual_a, const Eigen::VectorXd& residual_b,
                         const Eigen::VectorXd& weights) {
  const Eigen::VectorXd difference =
      weights.cwiseProduct(residual_a.cwiseAbs2() - residual_b.cwiseAbs2()) / weights.mean();
  const auto n = static_cast<double>(difference.size());
  const double mean = difference.mean();
  const double variance = (difference.array() - mean).square().sum() / std::max(n - 1, 1.0);
  return {mean, std::sqrt(variance / n)};
}

JointChoice choose(const Design& design, const Method& method, const std::vector<CovariateTarget>& targets) {
  JointChoice best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t v = 0; v < method.variants.size(); ++v) {
    std::vector<Choice> outputs = choose_variant(design, method.variants[v], method, targets);
    double total = 0;  // every output counts relative to its own spread
    for (std::size_t t = 0; t < targets.size(); ++t) {
      const Eigen::VectorXd centred = targets[t].y.array() - targets[t].y.mean();
      total += mean_square(outputs[t].loo_residuals, targets[t].weights) /
               std::max(mean_square(centred, targets[t].weights), 1e-300);
    }
    if (v > 0 && !(total < least)) continue;
    least = total;
    best = {v, std::move(outputs)};
  }
  return best;
}

}  // namespace qdose
