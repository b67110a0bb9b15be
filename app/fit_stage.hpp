// Stage 2 and Stage 3 as commands see them: fit, save, tell.
#pragma once
#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/calibration.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/results/selection.hpp"
#include "qdose/stage2_population/calibrate_fit.hpp"
#include "qdose/stage2_population/fit_settings.hpp"
#include "qdose/stage2_population/run_bake_off.hpp"
#include "qdose/stage3_covariates/fit_kernel.hpp"

namespace qdose {

/// Fits the selected classes and saves fit.json, draws/ and input.csv in the output folder. Work is kept in
/// fit.checkpoint while it lasts; with --resume it goes on from there.
/// With `share` the chains are shared among processes, without a checkpoint, and the first one saves.
Result<Fit> fit_stage(const Trial& trial, const Selection& selection, FitSettings settings,
                      const Context& context, const WorkShare* share = nullptr);

/// Trains the quantum kernel on the fit's individuals and saves kernel.json.
Result<KernelModel> kernel_stage(const Fit& fit, KernelSettings settings, const Context& context);

/// Simulation-based calibration of the very model of a fit; saves sbc.json (the first of processes that share
/// it).
Result<Calibration> calibration_stage(const Trial& trial, const Selection& selection, const Fit& fit,
                                      FitSettings settings, const CalibrationSettings& calibration,
                                      const Context& context, const WorkShare* share = nullptr);

/// Samplers side by side on the model of a fit; saves samplers.json.
Result<BakeOff> bake_off_stage(const Trial& trial, const Selection& selection, const Fit& fit,
                               FitSettings settings, const BakeOffSettings& bake_off, const Context& context);

std::string calibration_text(const Calibration& calibration);
std::string fit_text(const Fit& fit);
std::string kernel_text(const KernelResult& kernel);

}  // namespace qdose
