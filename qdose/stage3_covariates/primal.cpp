#include "qdose/stage3_covariates/primal.hpp"

#include <algorithm>
#include <chrono>
#include <numbers>
#include <vector>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

constexpr std::size_t block = 4096;  // people at a time

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::size_t people_of(const Circuit& circuit, std::span<const double> inputs) {
  return inputs.size() / static_cast<std::size_t>(std::max(circuit.features, 1));
}

std::span<const double> rows(std::span<const double> inputs, const Circuit& circuit, std::size_t first,
                             std::size_t count) {
  const auto features = static_cast<std::size_t>(circuit.features);
  return inputs.subspan(first * features, count * features);
}

}  // namespace

Eigen::MatrixXd density_functions(const StateMatrix<double>& states) {
  const auto d = static_cast<Eigen::Index>(states.dimension);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(states.count), d * d);
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    const std::complex<double>* psi = states.row(static_cast<std::size_t>(i));
    Eigen::Index column = 0;
    for (Eigen::Index a = 0; a < d; ++a) out(i, column++) = std::norm(psi[a]);
    for (Eigen::Index a = 0; a < d; ++a)
      for (Eigen::Index b = a + 1; b < d; ++b) {
        const std::complex<double> z = psi[a] * std::conj(psi[b]) * std::numbers::sqrt2;
        out(i, column++) = z.real();
        out(i, column++) = z.imag();
      }
  }
  return out;
}

PrimalFit fit_primal(const Circuit& circuit, std::span<const double> inputs, const Eigen::MatrixXd& outputs,
                     double lambda, int threads) {
  const Eigen::Index functions = Eigen::Index{1} << (2 * circuit.qubits);
  const std::size_t people = people_of(circuit, inputs);
  const std::size_t blocks = (people + block - 1) / block;
  // Sums of fixed groups of blocks are added in order, so that rounding does not depend on threads.
  const std::size_t groups = std::min<std::size_t>(blocks, functions > 300 ? 8 : 64);
  std::vector<RidgeSums> sums(groups);
  std::vector<PrimalSeconds> seconds(groups);
  parallel_for(groups, threads, [&](std::size_t g) {
    sums[g] = RidgeSums(functions, outputs.cols());
    for (std::size_t k = g * blocks / groups; k < (g + 1) * blocks / groups; ++k) {
      const std::size_t first = k * block, count = std::min(block, people - first);
      const auto start = Clock::now();
      const Eigen::MatrixXd f =
          density_functions(run_circuit<double>(circuit, rows(inputs, circuit, first, count), count));
      seconds[g].states += since(start);
      const auto middle = Clock::now();
      sums[g].add(f, outputs.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)));
      seconds[g].sums += since(middle);
    }
  });
  PrimalFit result;
  for (std::size_t g = 0; g < groups; ++g) {
    if (g > 0) sums[0].add(sums[g]);
    result.seconds.states += seconds[g].states, result.seconds.sums += seconds[g].sums;
  }
  const auto start = Clock::now();
  result.fit = sums[0].solve(lambda);
  result.seconds.solve = since(start);
  return result;
}

Eigen::MatrixXd predict_primal(const Circuit& circuit, std::span<const double> inputs,
                               const RidgeSums::Fit& fit, int threads) {
  const std::size_t people = people_of(circuit, inputs);
  Eigen::MatrixXd out(static_cast<Eigen::Index>(people), fit.coefficients.cols());
  parallel_for((people + block - 1) / block, threads, [&](std::size_t k) {
    const std::size_t first = k * block, count = std::min(block, people - first);
    const Eigen::MatrixXd f =
        density_functions(run_circuit<double>(circuit, rows(inputs, circuit, first, count), count));
    out.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) =
        (f * fit.coefficients).rowwise() + fit.offset;
  });
  return out;
}

}  // namespace qdose
