// The quantum kernel and the regressions that it is compared with, all with the same folds and tuning budget.
#pragma once
#include <array>

#include "qdose/base/result.hpp"
#include "qdose/stage3_covariates/circuit.hpp"
#include "qdose/stage3_covariates/settings.hpp"
#include "qdose/stage3_covariates/tuning.hpp"

namespace qdose {

/// Bandwidths of the quantum kernels (shares of pi; more than 1 would wrap) and lengths of the RBF kernels
/// (of inputs in [0, 1]) that are tried: as many of each.
inline constexpr std::array bandwidths{0.1, 0.2, 0.35, 0.6, 1.0};
inline constexpr std::array rbf_lengths{0.2, 0.4, 0.8, 1.6, 3.2};

/// The circuit that the settings describe for this number of inputs.
Result<Circuit> map_circuit(const std::string& map, Eigen::Index inputs, const KernelSettings& settings,
                            bool entangled = true);

/// Bases of all methods for one set of subjects, and the methods as choices among them. methods.front() is
/// the quantum kernel; the others are the baselines.
struct MethodBook {
  Design design;
  std::vector<Method> methods;
  double seconds = 0;  ///< spent on states and Gram matrices
};

/// Quantum kernel: intercept, then a log-linear trend, then trend (or intercept) plus kernel; a variant a
/// feature map. Baselines: `mean`; `log_linear` (ridge); `quantum_without_trend`; `unentangled` (the same
/// maps without gates on two qubits); `projected` (kernels of single-qubit measurements); `random_waves`
/// (random features with the frequencies of the maps, the classical surrogate); `rbf`; `gaussian_process`
/// (RBF, by marginal likelihood). Errors: a map that is unknown or does not fit the number of inputs.
Result<MethodBook> make_methods(const InputMatrix& inputs, const KernelSettings& settings);

}  // namespace qdose
