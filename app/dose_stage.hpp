// The dose search with both sources: the posterior and the quantum kernel.
#pragma once
#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/distributed/ranks.hpp"
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

/// What is wrong with the question, as far as the trial and the settings tell: asked before hours of work.
Result<Done> check_dose_request(const Trial& trial, const DoseSettings& settings);

/// `kernel` may be null: then the posterior alone answers. Saves doses.json and doses.csv in the output
/// folder. With `ranks` they share the virtual subjects and the first one saves; several ranks do not average
/// over other pairs, whose fits they would have to share.
Result<Doses> dose_stage(const Trial& trial, const Fit& fit, const KernelModel* kernel, DoseSettings settings,
                         const Context& context, Ranks* ranks = nullptr);

/// The answers as a table for a terminal.
std::string answer_text(const Doses& doses);

}  // namespace qdose
