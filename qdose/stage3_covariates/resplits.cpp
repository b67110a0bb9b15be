#include "qdose/stage3_covariates/resplits.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

constexpr int parts = 5;

double score(const std::vector<CovariateTarget>& targets, const std::vector<OutOfFold>& held_out,
             const std::vector<int>& fold) {
  double total = 0;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const CovariateTarget& target = targets[t];
    const double mean = target.weights.dot(target.y) / target.weights.sum();
    const double variance =
        target.weights.dot((target.y.array() - mean).square().matrix()) / target.weights.sum();
    double error = 0, weight = 0;
    for (std::size_t k = 0; k < target.subjects.size(); ++k) {
      if (fold[target.subjects[k]] != 0) continue;
      const auto row = static_cast<Eigen::Index>(k);
      error += target.weights(row) * held_out[t].method(row) * held_out[t].method(row);
      weight += target.weights(row);
    }
    if (weight > 0 && variance > 0) total += 1 - error / weight / variance;
  }
  return total / static_cast<double>(std::max<std::size_t>(targets.size(), 1));
}

}  // namespace

std::vector<std::vector<double>> resplit_scores(const Design& design, const std::vector<Method>& methods,
                                                const std::vector<CovariateTarget>& targets,
                                                std::size_t subjects, int resplits, std::uint64_t seed,
                                                int threads) {
  std::vector<std::vector<double>> scores(methods.size(),
                                          std::vector<double>(static_cast<std::size_t>(resplits)));
  parallel_for(static_cast<std::size_t>(resplits), threads, [&](std::size_t r) {
    const std::vector<int> fold = split(subjects, parts, seed, r + 1);
    for (std::size_t m = 0; m < methods.size(); ++m)
      scores[m][r] = score(targets, hold_out(design, methods[m], targets, fold, 0), fold);
  });
  return scores;
}

std::vector<KernelComparison> compare_resplits(const std::vector<Method>& methods,
                                               const std::vector<std::vector<double>>& scores) {
  std::vector<KernelComparison> comparisons;
  for (std::size_t m = 1; m < methods.size(); ++m) {
    const auto count = static_cast<Eigen::Index>(scores[m].size());
    if (count < 3) continue;
    const Eigen::VectorXd d = Eigen::Map<const Eigen::VectorXd>(scores[0].data(), count) -
                              Eigen::Map<const Eigen::VectorXd>(scores[m].data(), count);
    const auto n = static_cast<double>(count);
    const double variance = (d.array() - d.mean()).square().sum() / (n - 1);
    const double reach = t_quantile(n - 1) * std::sqrt(variance * (1 / n + 1.0 / (parts - 1)));
    comparisons.push_back(
        {methods[m].name, d.mean(), d.mean() - reach, d.mean() + reach, static_cast<int>(count)});
  }
  return comparisons;
}

double t_quantile(double degrees) {
  const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z;
  return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees);
}

}  // namespace qdose
