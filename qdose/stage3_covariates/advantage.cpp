#include "qdose/stage3_covariates/advantage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/stage3_covariates/measured_kernel.hpp"

namespace qdose {
namespace {

Eigen::MatrixXd square_root(const Eigen::MatrixXd& positive) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(positive);
  const Eigen::VectorXd roots = eigen.eigenvalues().cwiseMax(0).cwiseSqrt();
  return eigen.eigenvectors() * roots.asDiagonal() * eigen.eigenvectors().transpose();
}

/// People whose kernels are decomposed.
constexpr Eigen::Index most_people = 500;

/// People whose Gram matrix is timed.
constexpr Eigen::Index most_timed = 2000;

/// Alignment of a kernel with each target, on the target's people among the first ones.
void add_alignment(KernelResult& result, const Eigen::MatrixXd& gram,
                   const std::vector<CovariateTarget>& targets, double KernelOutput::*into) {
  for (std::size_t t = 0; t < targets.size(); ++t) {
    std::vector<Eigen::Index> people, rows;
    for (std::size_t k = 0; k < targets[t].subjects.size(); ++k)
      if (static_cast<Eigen::Index>(targets[t].subjects[k]) < gram.rows())
        people.push_back(static_cast<Eigen::Index>(targets[t].subjects[k])),
            rows.push_back(static_cast<Eigen::Index>(k));
    double& best = result.outputs[t].*into;
    best = std::max(best, alignment(gram(people, people), targets[t].y(rows)));
  }
}

}  // namespace

bool is_classical_name(const std::string& method) {
  return method == "log_linear" || method == "random_waves" || method == "rbf" ||
         method == "gaussian_process";
}
bool is_classical(const Method& method) { return is_classical_name(method.name); }

double typical_bandwidth(const KernelResult& result) {
  std::vector<double> used;
  for (const KernelOutput& output : result.outputs)
    if (output.bandwidth > 0) used.push_back(output.bandwidth);
  if (used.empty()) return 0.35;
  std::sort(used.begin(), used.end());
  return used[used.size() / 2];
}

double alignment(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y) {
  const Eigen::VectorXd target = y.array() - y.mean();
  Eigen::MatrixXd centred = gram.rowwise() - gram.colwise().mean();
  centred = centred.colwise() - Eigen::VectorXd(centred.rowwise().mean());
  const double scale = centred.norm() * target.squaredNorm();
  return scale > 0 ? target.dot(centred * target) / scale : 0;
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

Result<Done> add_geometry(KernelResult& result, const InputMatrix& inputs,
                          const std::vector<CovariateTarget>& targets, const KernelSettings& settings) {
  const Result<Circuit> circuit = map_circuit(result.feature_map, inputs.unit.cols(), settings);
  if (!circuit) return circuit.errors();
  const TimedGram timed = timed_gram(*circuit, typical_bandwidth(result),
                                     inputs.unit.topRows(std::min(most_timed, inputs.rows())));
  result.seconds_states = timed.seconds_states, result.seconds_gram = timed.seconds_gram;
  const Eigen::Index n = std::min(most_people, inputs.rows());
  const Eigen::MatrixXd unit = inputs.unit.topRows(n), gram = timed.gram.topLeftCorner(n, n);
  result.geometric_limit = std::sqrt(static_cast<double>(n));
  result.concentration = concentration(gram);
  add_alignment(result, gram, targets, &KernelOutput::alignment);
  result.geometric_difference = std::numeric_limits<double>::infinity();
  for (const double length : rbf_lengths) {
    const Eigen::MatrixXd rbf = rbf_kernel(length)(unit, unit);
    add_alignment(result, rbf, targets, &KernelOutput::alignment_rbf);
    result.geometric_difference = std::min(result.geometric_difference, geometric_difference(rbf, gram));
  }
  return Done{};
}

}  // namespace qdose
