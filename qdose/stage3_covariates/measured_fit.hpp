// A fit's subjects on a quantum computer: the angles to run, and the counts that come back.
#pragma once
#include <filesystem>
#include <string>

#include "qdose/stage3_covariates/kernel_model.hpp"
#include "qdose/stage3_covariates/methods.hpp"
#include "qdose/stage3_covariates/settings.hpp"

namespace qdose {

/// Inputs of the fit's subjects as Stage 3 scales them.
InputMatrix fit_inputs(const Fit& fit);

/// CSV of angles: person,x0,x1,... with inputs turned into angles in [0, bandwidth * pi].
std::string angles_csv(const InputMatrix& inputs, double bandwidth);

/// Adds to `model.result.noise` what the kernel measured by `counts` (counts_file.hpp) gives: its error
/// against the exact kernel, and the mean R2 of leave-one-out predictions by dual ridge regression with the
/// ridge floor, targets unweighted. The counts must be of the map and bandwidth of `model`. Errors: those of
/// the file; another number of qubits than the model's.
Result<Done> add_measured(KernelModel& model, const Fit& fit, const KernelSettings& settings,
                          const std::filesystem::path& counts, double depolarising);

}  // namespace qdose
