// The dose search with both sources: the posterior and the quantum kernel.
#pragma once
#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/results/doses.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/results/virtual_subjects.hpp"
#include "qdose/stage3_covariates/kernel_model.hpp"

namespace qdose {

/// The virtual subjects that the report's dose explorer counts, from the posterior; saved to
/// virtual_subjects.json.
Result<VirtualSubjects> subject_stage(const Trial& trial, const Fit& fit, DoseSettings settings,
                                      const Context& context);

/// `kernel` may be null: then the posterior alone answers. Saves doses.json and doses.csv in the output
/// folder.
Result<Doses> dose_stage(const Trial& trial, const Fit& fit, const KernelModel* kernel, DoseSettings settings,
                         const Context& context);

/// The answers as a table for a terminal.
std::string answer_text(const Doses& doses);

}  // namespace qdose
