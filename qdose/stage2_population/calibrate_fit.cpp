#include "qdose/stage2_population/calibrate_fit.hpp"

#include "qdose/stage2_population/calibrate.hpp"
#include "qdose/stage2_population/choose_structure.hpp"
#include "qdose/stage2_population/chosen_sampler.hpp"

namespace qdose {

Result<Calibration> calibrate_fit(const Trial& trial, const Fit& fit, const FitSettings& fit_settings,
                                  const StartingScales& scales, const CalibrationSettings& settings,
                                  Progress& progress, const WorkShare* share) {
  constexpr int warmup = 200, draws = 250;
  if (settings.sbc < fewest_refits)
    return Error{Fault::bad_usage, "setting 'sbc' is out of range", "sbc", "0, or 20 and more"};
  auto sampler = chosen_sampler(fit_settings);
  if (!sampler) return sampler.errors();
  auto structure = make_structure(trial, fit.pk_class, fit.pd_class, fit_settings, scales);
  if (!structure) return structure.errors();
  PopulationStructure same = reduced(*structure, inclusion_of(*structure, fit.model));
  same.priors = calibration_priors(same.priors, fit);
  auto problem = make_problem(trial, std::move(same));
  if (!problem) return problem.errors();
  sampler->checkpoint.clear();
  sampler->resume = false;
  sampler->warmup = warmup;
  sampler->draws = draws;
  auto result = calibrate(*problem, trial, *sampler, settings.sbc, settings.plant_error, fit_settings.seed,
                          progress, share);
  if (result) result->sampler = fit.sampler;
  return result;
}

}  // namespace qdose
