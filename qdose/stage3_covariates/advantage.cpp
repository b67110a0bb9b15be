#include "qdose/stage3_covariates/advantage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

Eigen::MatrixXd square_root(const Eigen::MatrixXd& positive) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(positive);
  const Eigen::VectorXd roots = eigen.eigenvalues().cwiseMax(0).cwiseSqrt();
  return eigen.eigenvectors() * roots.asDiagonal() * eigen.eigenvectors().transpose();
}

/// The bandwidth that the outputs with signal use most; the middle of the range when there is none.
double typical_bandwidth(const KernelResult& result) {
  std::vector<double> used;
  for (const KernelOutput& output : result.outputs)
    if (output.bandwidth > 0) used.push_back(output.bandwidth);
  if (used.empty()) return 0.35;
  std::sort(used.begin(), used.end());
  return used[used.size() / 2];
}

}  // namespace

bool is_classical(const Method& method) {
  return method.name == "log_linear" || method.name == "rbf" || method.name == "gaussian_process";
}

void Comparison::add(const std::string& baseline, const Eigen::VectorXd& differences) {
  const auto n = static_cast<double>(differences.size());
  const double mean = differences.mean();
  const double variance = (differences.array() - mean).square().sum() / std::max(n - 1, 1.0);
  entries_.push_back({baseline, mean, std::sqrt(variance / n)});
}

std::string Comparison::verdict() const {
  if (entries_.empty()) return "not compared: there is no baseline";
  const auto low = [](const Entry& e) { return e.mean - 1.96 * e.se; };
  const Entry& hardest = *std::ranges::min_element(entries_, {}, low);
  return fmt::format(
      "{} {} (its error minus the quantum kernel's, in variances of an output, summed over outputs: "
      "{:.3f}, 95% interval {:.3f} to {:.3f})",
      low(hardest) > 0 ? "advantage over every classical baseline, least over" : "no advantage over",
      hardest.baseline, hardest.mean, low(hardest), hardest.mean + 1.96 * hardest.se);
}

double geometric_difference(Eigen::MatrixXd classical, Eigen::MatrixXd quantum, double lambda) {
  const auto n = static_cast<double>(classical.rows());
  classical *= n / classical.trace(), quantum *= n / quantum.trace();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(classical);
  const Eigen::VectorXd inverse = eigen.eigenvalues().unaryExpr(
      [lambda](double s) { return std::max(s, 0.0) / ((s + lambda) * (s + lambda)); });
  const Eigen::MatrixXd root = square_root(quantum);
  const Eigen::MatrixXd middle = root * eigen.eigenvectors() * inverse.cwiseSqrt().asDiagonal();
  return std::sqrt((middle.transpose() * middle).selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff());
}

Result<Done> add_geometry(KernelResult& result, const InputMatrix& inputs, const KernelSettings& settings) {
  result.geometric_limit = std::sqrt(static_cast<double>(inputs.rows()));
  const Result<Circuit> circuit =
      build_feature_map(result.feature_map, {static_cast<int>(inputs.unit.cols()), settings.layers, true});
  if (!circuit) return circuit.errors();
  const TimedGram timed = timed_gram(*circuit, typical_bandwidth(result), inputs.unit);
  result.seconds_states = timed.seconds_states, result.seconds_gram = timed.seconds_gram;
  result.geometric_difference = std::numeric_limits<double>::infinity();
  for (const double length : rbf_lengths)
    result.geometric_difference =
        std::min(result.geometric_difference,
                 geometric_difference(rbf_kernel(length)(inputs.unit, inputs.unit), timed.gram));
  return Done{};
}

}  // namespace qdose
