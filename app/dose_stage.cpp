#include "app/dose_stage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/run_folder.hpp"
#include "qdose/dosing/search.hpp"
#include "qdose/dosing/subject_table.hpp"

namespace qdose {

namespace {

PopulationSource kernel_source(const KernelModel& kernel, std::size_t replicates) {
  const std::size_t used = std::min(replicates, kernel.replicates.size());
  return {"kernel", used,
          [&kernel](std::size_t r, std::span<const double> covariates, Stream& stream) {
            std::vector<double> x = kernel.individual(kernel.replicates[r], covariates, stream);
            for (std::size_t i = 0; i < x.size(); ++i) {
              const PopulationParameter& p = kernel.population.parameters[i];
              x[i] = p.fixed ? p.value : to_natural(p.scale, x[i]);
            }
            return x;
          },
          [&kernel](std::size_t r) {
            const PopulationDraw& draw = kernel.replicates[r].draw;
            return ResidualError{draw.pd_proportional, draw.pd_additive};
          }};
}

std::string dose_text(const DoseAnswer& a) {
  if (!a.dose_mg) return fmt::format("none (best {:.0f}%)", 100 * a.attainment.mean);
  return fmt::format("{:g} mg", *a.dose_mg);
}

std::string band_text(const DoseAnswer& a) {
  const auto end = [](const std::optional<double>& x) {
    return x ? fmt::format("{:.3g}", *x) : std::string("none");
  };
  return fmt::format("{} ({} to {})", end(a.crossing_dose_mg), end(a.crossing_q5), end(a.crossing_q95));
}

}  // namespace

Result<Doses> dose_stage(const Trial& trial, const Fit& fit, const KernelModel* kernel, DoseSettings settings,
                         const Context& context) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  const auto replicates = static_cast<std::size_t>(std::max(1, settings.replicates));
  std::vector<PopulationSource> sources{posterior_source(fit, replicates)};
  if (kernel != nullptr && !kernel->replicates.empty()) sources.push_back(kernel_source(*kernel, replicates));
  Result<Doses> doses = search_doses(fit.model, trial, sources, settings, context.progress());
  if (!doses) return doses;
  if (const auto saved = save(*doses, context.options().out); !saved) return saved.errors();
  return doses;
}

Result<VirtualSubjects> subject_stage(const Trial& trial, const Fit& fit, DoseSettings settings,
                                      const Context& context) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  const auto replicates = static_cast<std::size_t>(std::max(1, settings.replicates));
  auto subjects =
      tabulate_subjects(fit.model, trial, posterior_source(fit, replicates), settings, context.progress());
  if (!subjects) return subjects;
  if (const auto saved = save(*subjects, context.file(run_file::subjects).string()); !saved)
    return saved.errors();
  return subjects;
}

std::string answer_text(const Doses& doses) {
  std::string text = fmt::format("Biomarker {} {:g} through the whole dosing interval at steady state\n\n",
                                 doses.direction, doses.threshold);
  text += fmt::format("{:<9} {:<8} {:>6}  {:<10} {:<20} {:<28} {:<22} {}\n", "scenario", "regimen", "target",
                      "source", "dose", "exact crossing (90% band)", "attained (90% band)", "P(target met)");
  for (const DoseAnswer& a : doses.answers)
    text += fmt::format("{:<9} {:<8} {:>5.0f}%  {:<10} {:<20} {:<28} {:<22} {:.2f}{}\n", a.scenario,
                        a.regimen, 100 * a.target, a.source, dose_text(a), band_text(a),
                        fmt::format("{:.0f}% ({:.0f} to {:.0f})", 100 * a.attainment.mean,
                                    100 * a.attainment.q5, 100 * a.attainment.q95),
                        a.probability_target_met, a.extrapolates ? "  beyond the trial" : "");
  for (const std::string& note : doses.notes) text += "\nnote: " + note;
  return text;
}

}  // namespace qdose
