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
  double interval_h = 0;
  std::string values;
  double between_subjects = 1.0;
  double pk_residual = 0.12, pd_residual = 0.08;
  bool covariate_effects = true;
  double missing = 0.0;
  double quantification = 0.0005;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("pk", pk, "PK class that makes the concentrations");
    v("pd", pd, "PD class that makes the responses");
    v("design", design, "daily, weekly or single: when doses are given and values taken");
    v("levels", levels, "dose of each arm, comma-separated; 0 is placebo");
    v("subjects", subjects, "subjects an arm (1-10000)");
    v("doses", doses, "doses a subject; 0: as the design has it (21 daily, 6 weekly, 1 single)");
    v("interval_h", interval_h, "hours between doses; 0: as the design has it");
    v("values", values,
      "typical values other than the default, as in \"CL=4, V=60\"; omega_CL sets a spread");
    v("between_subjects", between_subjects, "factor on all between-subject spreads (0: identical subjects)");
    v("pk_residual", pk_residual, "proportional residual error of concentrations (0-1)");
    v("pd_residual", pd_residual, "proportional residual error of responses (0-1)");
    v("covariate_effects", covariate_effects,
      "body weight acts on clearances and volumes, COMED on the baseline");
    v("missing", missing, "fraction of values that are missing (0-0.9)");
    v("quantification", quantification,
      "concentrations below this fraction of the trial's largest are not reported (0-0.1)");
  }
};

/// Times in h since the first dose. Placebo subjects (level 0) have no concentrations.
struct TrialDesign {
  std::vector<double> levels;
  int subjects = 12;  ///< an arm
  int doses = 21;
  double interval = 24;
  std::vector<double> pk_times, pd_times;
  double missing = 0, quantification = 0;  ///< as in the settings
};

/// The named designs: values 1, 2, 4, 8, 12, 24, ... h after the first and the last dose, before some doses
/// between, and through a washout; responses also at time 0. Faults: an unknown design, a level that is no
/// number or negative, numbers out of range.
Result<TrialDesign> design_of(const VirtualTrialSettings& settings);

/// Numbers separated by commas; nothing when one is not a finite number.
Result<std::vector<double>> parse_numbers(const std::string& text, const std::string& setting);

}  // namespace qdose
