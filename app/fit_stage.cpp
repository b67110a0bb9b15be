#include "app/fit_stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "app/run_folder.hpp"
#include "app/select_stage.hpp"
#include "qdose/data/write_trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/results/nonmem_tables.hpp"
#include "qdose/stage2_population/fit_population.hpp"

namespace qdose {

Result<Fit> fit_stage(const Trial& trial, const Selection& selection, FitSettings settings,
                      const Context& context, const WorkShare* share) {
  if (const ModelInfo* pk = find_model(selection.pk.model);
      trial.modelled_duration && pk && !pk->has_infusion)
    return Error{Fault::bad_usage,
                 fmt::format("{} has no duration to estimate (RATE -2)", selection.pk.model), "pk",
                 "choose a class with an infusion time, such as pk_2c_iv_infusion, or give rates"};
  settings.seed = context.seed();
  settings.threads = context.threads();
  settings.checkpoint = context.file("fit.checkpoint").string();
  settings.resume = context.options().resume;
  const StartingScales scales = starting_scales(trial, selection, context.seed());
  Result<Fit> fit = fit_population(trial, selection.pk.model, selection.pd.model, settings, scales,
                                   context.progress(), share);
  if (!fit || (share != nullptr && share->rank > 0)) return fit;
  if (const auto saved = write_trial(trial, context.file(run_file::trial)); !saved) return saved.errors();
  if (const auto saved = save(*fit, context.options().out); !saved) return saved.errors();
  if (const auto saved = write_nonmem_tables(*fit, context.options().out); !saved) return saved.errors();
  std::error_code ignored;  // it may never have been written
  std::filesystem::remove(settings.checkpoint, ignored);
  return fit;
}

Result<Calibration> calibration_stage(const Trial& trial, const Selection& selection, const Fit& fit,
                                      FitSettings settings, const CalibrationSettings& calibration,
                                      const Context& context, const WorkShare* share) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  const StartingScales scales = starting_scales(trial, selection, context.seed());
  Result<Calibration> result =
      calibrate_fit(trial, fit, settings, scales, calibration, context.progress(), share);
  if (!result || (share != nullptr && share->rank > 0)) return result;
  if (const auto saved = save(*result, context.file(run_file::calibration).string()); !saved)
    return saved.errors();
  return result;
}

Result<BakeOff> bake_off_stage(const Trial& trial, const Selection& selection, const Fit& fit,
                               FitSettings settings, const BakeOffSettings& bake_off,
                               const Context& context) {
  settings.seed = context.seed();
  const StartingScales scales = starting_scales(trial, selection, context.seed());
  Result<BakeOff> result = run_bake_off(trial, fit, settings, scales, bake_off, context.progress());
  if (!result) return result;
  if (const auto saved = save(*result, context.file(run_file::bake_off).string()); !saved)
    return saved.errors();
  return result;
}

std::string calibration_text(const Calibration& c) {
  std::string text = fmt::format(
      "\ncalibration by {} refits ({} failed) of {} quantities{}: {} (smallest p times their number "
      "{:.3g})\n",
      c.refits, c.failed, c.quantities.size(), c.planted.empty() ? "" : ", with " + c.planted,
      c.uniform ? "ranks are uniform" : "ranks are NOT uniform", c.p_value);
  for (const RankHistogram& q : c.quantities)
    if (q.p_value < 0.05)
      text += fmt::format("  {:<20} p {:.3g}, counts {}\n", q.name, q.p_value, fmt::join(q.counts, " "));
  return text;
}

Result<KernelModel> kernel_stage(const Fit& fit, KernelSettings settings, const Context& context) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  Result<KernelModel> kernel = fit_kernel(fit, settings, context.progress());
  if (!kernel) return kernel;
  if (const auto saved = save(kernel->result, context.file(run_file::kernel).string()); !saved)
    return saved.errors();
  return kernel;
}

std::string fit_text(const Fit& fit) {
  std::string text = fmt::format(
      "{} + {}, {} ({} chains of {}): R-hat max {:.4f} ({}), ESS min {:.0f} bulk ({}), {:.0f} tail ({}), {} "
      "divergences, "
      "{:.1f} s\n\n",
      fit.pk_class, fit.pd_class, fit.sampler, fit.chains, fit.draws_per_chain, fit.r_hat_max,
      fit.r_hat_worst, fit.ess_bulk_min, fit.ess_worst, fit.ess_tail_min, fit.ess_tail_worst, fit.divergences,
      fit.seconds_warmup + fit.seconds_sampling);
  text += fmt::format("{:<20} {:>11} {:>10} {:>11} {:>11} {:>8} {:>7}\n", "parameter", "mean", "sd", "q5",
                      "q95", "R-hat", "ESS");
  for (const ParameterSummary& p : fit.parameters)
    text += fmt::format("{:<20} {:>11.5g} {:>10.4g} {:>11.5g} {:>11.5g} {:>8.4f} {:>7.0f}\n", p.name, p.mean,
                        p.sd, p.q5, p.q95, p.r_hat, p.ess_bulk);
  text += fmt::format(
      "\nmean RMSE of a subject: PK {:.4g} individual, {:.4g} by covariates; PD {:.4g} and {:.4g}\n",
      fit.pk_rmse.individual, fit.pk_rmse.population, fit.pd_rmse.individual, fit.pd_rmse.population);
  for (const std::string& note : fit.notes) text += "note: " + note + "\n";
  return text;
}

std::string kernel_text(const KernelResult& kernel) {
  std::string text =
      fmt::format("{} on {} qubits: mean R2 {:.4f}\n", kernel.feature_map, kernel.n_qubits, kernel.r2_mean);
  for (const auto& [name, r2] : kernel.baselines) text += fmt::format("  {:<24} {:.4f}\n", name, r2);
  for (const KernelComparison& c : kernel.comparisons)
    text += fmt::format("  minus {:<24} {:+.4f} ({:+.4f} to {:+.4f}, {} resplits)\n", c.baseline,
                        c.difference, c.low, c.high, c.resplits);
  if (const KernelProtocol& p = kernel.protocol; p.seeds > 0)
    text += fmt::format(
        "  {} cohorts of {} + {}: R2 {:.4f}, sd {:.3f}, 5% {:.3f}, median {:.3f}, 95% {:.3f}; RMSE {:.3f}; "
        "cap {:.4f}\n",
        p.seeds, p.subjects, p.test, p.r2_mean, p.r2_sd, p.r2_q5, p.r2_median, p.r2_q95, p.rmse_mean,
        p.span_cap);
  for (const KernelNoise& n : kernel.noise)
    text += fmt::format(
        "  {} shots, depolarising {:.3g}: mean R2 {:.4f}, kernel error {:.2g}, ridge floor {:.2g}\n", n.shots,
        n.depolarising, n.r2_mean, n.error, n.ridge_floor);
  if (const KernelCoverage& c = kernel.coverage; c.true_dose > 0)
    text += fmt::format(
        "  90% dose over the true one: {:.3f} from distributions (keeps {:.1f}%), {:.3f} from means "
        "({:.1f}%)\n",
        c.predictive_ratio, 100 * c.predictive_coverage, c.point_ratio, 100 * c.point_coverage);
  text += kernel.verdict + "\n";
  for (const std::string& note : kernel.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace qdose
