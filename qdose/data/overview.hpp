// What a trial holds, in numbers: for `qdose check` and the report.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qdose/data/trial.hpp"

namespace qdose {

/// From the smallest to the largest value.
struct Span {
  double low = 0, high = 0;
  bool is_point() const { return low == high; }
};

/// Subjects with the same first dose.
struct ArmOverview {
  double dose_level = 0;  ///< 0: placebo
  std::size_t subjects = 0, concentrations = 0, responses = 0;
  Span doses_per_subject;
  std::optional<Span> interval_h;  ///< between doses; nothing for single doses
};

struct CovariateOverview {
  Covariate covariate;
  std::vector<std::pair<double, std::size_t>> levels;  ///< categorical: subjects by level
};

struct TrialOverview {
  std::string name;
  Route route = Route::unknown;
  std::size_t subjects = 0, doses = 0, concentrations = 0, responses = 0;
  Span times_h, concentration, response;  ///< of all observations
  std::vector<ArmOverview> arms;          ///< by dose level
  std::vector<CovariateOverview> covariates;
  std::vector<std::string> notes;
};

TrialOverview overview_of(const Trial& trial);

/// "bolus", "infusion", "extravascular", "unknown".
std::string_view route_name(Route route);

/// The overview as a few lines for people.
std::string describe(const TrialOverview& overview);

}  // namespace qdose
