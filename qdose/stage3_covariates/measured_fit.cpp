#include "qdose/stage3_covariates/measured_fit.hpp"

#include <fmt/format.h>

#include <numbers>

#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/counts_file.hpp"
#include "qdose/stage3_covariates/measured_kernel.hpp"

namespace qdose {

InputMatrix fit_inputs(const Fit& fit) {
  CovariateRows rows;
  for (const IndividualEstimate& individual : fit.individuals) rows.push_back(individual.covariates);
  return CovariateInputs(fit.model.covariates, rows).matrix(rows);
}

std::string angles_csv(const InputMatrix& inputs, double bandwidth) {
  std::string text = "person";
  for (Eigen::Index f = 0; f < inputs.unit.cols(); ++f) text += fmt::format(",x{}", f);
  for (Eigen::Index i = 0; i < inputs.rows(); ++i) {
    text += fmt::format("\n{}", i);
    for (Eigen::Index f = 0; f < inputs.unit.cols(); ++f)
      text += fmt::format(",{:.17g}", inputs.unit(i, f) * bandwidth * std::numbers::pi);
  }
  return text + "\n";
}

Result<Done> add_measured(KernelModel& model, const Fit& fit, const KernelSettings& settings,
                          const std::filesystem::path& counts, double depolarising) {
  const Result<MeasuredCounts> read = read_counts(counts, fit.individuals.size());
  if (!read) return read.errors();
  const InputMatrix inputs = fit_inputs(fit);
  const Result<Circuit> circuit = map_circuit(model.result.feature_map, inputs.unit.cols(), settings);
  if (!circuit) return circuit.errors();
  if (read->qubits != circuit->qubits)
    return Error{Fault::bad_input,
                 fmt::format("counts of {} qubits, the map has {}", read->qubits, circuit->qubits),
                 counts.filename().string(), "`qdose kernel circuit` writes the circuit that fits"};
  const Hardware hardware{read->shots, depolarising, circuit->qubits};
  const Eigen::MatrixXd measured = corrected(read->frequency, hardware);
  const Eigen::MatrixXd exact =
      quantum_kernel(*circuit, typical_bandwidth(model.result))(inputs.unit, inputs.unit);
  KernelNoise noise{
      .shots = read->shots, .depolarising = depolarising, .ridge_floor = ridge_floor(measured, hardware)};
  noise.error = (measured - exact).norm() / static_cast<double>(exact.rows());
  for (const CovariateTarget& target : model.modelled) {
    const DualRidge ridge =
        train_dual(measured(target.subjects, target.subjects), target.y, noise.ridge_floor);
    const double spread = (target.y.array() - target.y.mean()).square().sum();
    noise.r2_mean +=
        (1 - ridge.loo_residuals.squaredNorm() / spread) / static_cast<double>(model.modelled.size());
  }
  model.result.noise.push_back(noise);
  return Done{};
}

}  // namespace qdose
