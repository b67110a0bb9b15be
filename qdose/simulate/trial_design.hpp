// Who is given what and observed when in a virtual trial.
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// Settings of `qdose simulate trial`.
struct VirtualTrialSettings {
  std::string pk = "pk_2c_oral", pd = "pd_indirect_inhib_kin";
  std::string design = "daily";
  std::string levels = "0, 1, 3, 10";
  int subjects = 12;
  int doses = 0;
  double interval_h = 0, infusion_h = 0;
  std::string pk_times, pd_times;
  std::string values, effects;
  double between_subjects = 1.0;
  double pk_residual = 0.12, pd_residual = 0.08, pk_additive = 0, pd_additive = 0;
  bool covariate_effects = true;
  double missing = 0.0, missed_doses = 0.0, irregular_h = 0.0;
  int sparse = 0;
  double quantification = 0.0005;
  bool flag_below_limit = false;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("pk", pk, "PK class that makes the concentrations");
    v("pd", pd, "PD class that makes the responses");
    v("design", design, "daily, weekly or single: when doses are given and values taken");
    v("levels", levels, "dose of each arm, comma-separated; 0 is placebo");
    v("subjects", subjects, "subjects an arm (1-10000)");
    v("doses", doses, "doses a subject; 0: as the design has it (21 daily, 6 weekly, 1 single)");
    v("interval_h", interval_h, "hours between doses; 0: as the design has it");
    v("infusion_h", infusion_h, "hours over which a dose is infused (0: at once); intravenous classes only");
    v("pk_times", pk_times,
      "hours at which concentrations are taken, comma-separated; empty: as the design has it");
    v("pd_times", pd_times,
      "hours at which responses are taken, comma-separated; empty: as the design has it");
    v("values", values,
      "typical values other than the default, as in \"CL=4, V=60\"; omega_CL sets a spread");
    v("between_subjects", between_subjects, "factor on all between-subject spreads (0: identical subjects)");
    v("pk_residual", pk_residual, "proportional residual error of concentrations (0-1)");
    v("pd_residual", pd_residual, "proportional residual error of responses (0-1)");
    v("pk_additive", pk_additive, "additive residual error of concentrations, in their unit");
    v("pd_additive", pd_additive, "additive residual error of responses, in their unit");
    v("covariate_effects", covariate_effects,
      "body weight acts on clearances and volumes, COMED on the baseline");
    v("effects", effects,
      "covariate effects instead of those, as in \"BW_on_CL=0.75, COMED_on_R0=-0.36\": exponent of BW / "
      "median, or "
      "change of ln (or logit) under co-medication");
    v("missing", missing, "fraction of values that are missing (0-0.9)");
    v("missed_doses", missed_doses, "fraction of doses after the first that are missed (0-0.9)");
    v("irregular_h", irregular_h, "doses after the first come up to so many hours early or late");
    v("sparse", sparse, "values of each kind a subject, drawn from the design's times; 0: all");
    v("quantification", quantification,
      "concentrations below this fraction of the trial's largest are not quantified (0-0.1)");
    v("flag_below_limit", flag_below_limit,
      "concentrations that are not quantified are reported as such (BLQ, LLOQ) instead of left out");
  }
};

/// Times in h since the first dose. Placebo subjects (level 0) have no concentrations.
struct TrialDesign {
  std::vector<double> levels;
  int subjects = 12;  ///< an arm
  int doses = 21;
  double interval = 24;
  std::vector<double> pk_times, pd_times;
  double infusion = 0;  ///< h, 0: at once
  // As in the settings.
  double missing = 0, quantification = 0, missed_doses = 0, irregular = 0;
  int sparse = 0;
  bool flag_below_limit = false;
};

/// The named designs: values 1, 2, 4, 8, 12, 24, ... h after the first and the last dose, before some doses
/// between, and through a washout; responses also at time 0. Faults: an unknown design, a level that is no
/// number or negative, numbers out of range.
Result<TrialDesign> design_of(const VirtualTrialSettings& settings);

/// Numbers separated by commas; nothing when one is not a finite number.
Result<std::vector<double>> parse_numbers(const std::string& text, const std::string& setting);

}  // namespace qdose
