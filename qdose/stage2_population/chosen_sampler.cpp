#include "qdose/stage2_population/chosen_sampler.hpp"

#include <algorithm>
#include <map>

namespace qdose {
namespace {

Error out_of_range(const char* setting, const char* range) {
  return {Fault::bad_usage, std::string("setting '") + setting + "' is out of range", setting, range};
}

/// Ranges of numbers, all faults at once.
Errors wrong_numbers(const FitSettings& s) {
  Errors errors;
  const auto demand = [&](bool good, const char* setting, const char* range) {
    if (!good) errors.push_back(out_of_range(setting, range));
  };
  demand(s.chains >= 0 && s.chains <= 64, "chains", "0-64");
  demand(s.warmup >= 50, "warmup", "50 or more");
  demand(s.draws >= 100, "draws", "100 or more");
  demand(s.target_acceptance >= 0.5 && s.target_acceptance <= 0.99, "target_acceptance", "0.5-0.99");
  demand(s.trajectory >= 0.1 && s.trajectory <= 20, "trajectory", "0.1-20");
  demand(s.spread >= 0 && s.spread <= 0.5, "spread", "0-0.5");
  demand(s.max_depth >= 1 && s.max_depth <= 15, "max_depth", "1-15");
  return errors;
}

/// The report's numbers: nothing is adapted, D-form masses, leapfrog steps.
void take_report_settings(SamplerSettings& s) {
  s.form = MassForm::diagonal;
  s.integrator = Integrator::leapfrog;
  s.fixed_step = 0.001;
  s.fixed_steps = 10;
  s.warmup = 0;
  s.draws = s.most_draws = 2000;
}

}  // namespace

Result<SamplerSettings> chosen_sampler(const FitSettings& s) {
  const std::map<std::string, Algorithm> algorithms{{"qihmc", Algorithm::qihmc},
                                                    {"report", Algorithm::qihmc},
                                                    {"hmc", Algorithm::hmc},
                                                    {"nuts", Algorithm::nuts}};
  const std::map<std::string, MassForm> forms{
      {"S", MassForm::scalar}, {"D", MassForm::diagonal}, {"M", MassForm::mixture}};
  const Integrator usual = s.sampler == "nuts" ? Integrator::leapfrog : Integrator::two_stage;
  const std::map<std::string, Integrator> integrators{{"auto", usual},
                                                      {"leapfrog", Integrator::leapfrog},
                                                      {"two-stage", Integrator::two_stage},
                                                      {"three-stage", Integrator::three_stage}};
  const std::map<std::string, MetricKind> metrics{
      {"arrow", MetricKind::arrow}, {"low-rank", MetricKind::low_rank}, {"diagonal", MetricKind::diagonal}};
  Errors errors = wrong_numbers(s);
  if (!algorithms.contains(s.sampler))
    errors.push_back(out_of_range("sampler", "qihmc, hmc, nuts or report"));
  if (!forms.contains(s.form)) errors.push_back(out_of_range("form", "S, D or M"));
  if (!integrators.contains(s.integrator))
    errors.push_back(out_of_range("integrator", "auto, leapfrog, two-stage or three-stage"));
  if (!metrics.contains(s.metric)) errors.push_back(out_of_range("metric", "arrow, low-rank or diagonal"));
  if (!errors.empty()) return errors;
  SamplerSettings result;
  result.metric = metrics.at(s.metric);
  result.algorithm = algorithms.at(s.sampler);
  result.form = forms.at(s.form);
  result.integrator = integrators.at(s.integrator);
  result.spread = result.algorithm == Algorithm::qihmc ? s.spread : 0.0;
  result.warmup = s.warmup;
  result.draws = s.draws;
  result.most_draws = s.most_draws;
  result.target_acceptance = s.target_acceptance;
  result.trajectory = s.trajectory;
  result.max_depth = s.max_depth;
  result.seed = s.seed;
  result.threads = std::max(1, s.threads);
  result.checkpoint = s.checkpoint;
  result.resume = s.resume;
  if (s.sampler == "report") take_report_settings(result);
  return result;
}

int chain_count(const FitSettings& settings) {
  if (settings.chains > 0) return settings.chains;
  return settings.sampler == "report" ? 1 : 4;
}

FitSettings report_model(FitSettings settings) {
  settings.covariates = settings.free_constants = settings.choose = false;
  settings.omega = "diagonal";
  for (std::string* error : {&settings.pk_error, &settings.pd_error})
    if (*error == "auto") *error = "proportional";
  return settings;
}

std::string sampler_name(const FitSettings& settings) {
  const std::string name = settings.sampler == "qihmc" ? settings.form + "-qihmc" : settings.sampler;
  return settings.integrator == "auto" ? name : name + " " + settings.integrator;
}

}  // namespace qdose
