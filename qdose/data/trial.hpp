// One phase-1 trial as the stages see it: subjects with doses, concentrations, biomarker values and
// covariates.
#pragma once
#include <string>
#include <vector>

namespace qdose {

/// A dose at `time` (h, since the subject's clock zero). `duration` 0 is a bolus, else a zero-order infusion
/// (h). What the record says about the time before it (docs/record-semantics.md):
///  - `reset`: at that time (at most `time`) the subject starts anew, free of drug and at baseline; never: no
///  reset;
///  - `steady_interval` > 0: the dose has always been given every so many hours, and the system is at steady
///  state;
///    what was given before does not count, unless `steady_adds`.
struct Dose {
  static constexpr double never = -1e300;
  double time = 0, amount = 0, duration = 0;
  double reset = never, steady_interval = 0;
  bool steady_adds = false;
};

/// A value observed at `time`. `line` is its line in the file (0 when simulated). `limit` is the assay's
/// lower limit of quantification, 0 when unknown. A value that is `below_limit` is only known to be less than
/// `limit`; `value` then holds half the limit, for those who do not ask (plots, rough sizes).
struct Observation {
  double time = 0, value = 0;
  int line = 0;
  double limit = 0;
  bool below_limit = false;
};

enum class CovariateKind { continuous, categorical };

/// A column that is constant within every subject and is no part of the dosing.
/// A categorical one holds few integer levels; `reference` is its most frequent level, for a continuous one
/// the median.
struct Covariate {
  std::string name;
  CovariateKind kind = CovariateKind::continuous;
  double reference = 0, smallest = 0, largest = 0;
};

struct Subject {
  std::string id;
  std::vector<double> covariates;           ///< in the order of Trial::covariates
  std::vector<Dose> doses;                  ///< by time; empty for placebo
  std::vector<Observation> concentrations;  ///< DVID 1, by time, missing values left out
  std::vector<Observation> responses;       ///< DVID 2, by time, missing values left out
  /// Size of the first dose, 0 for placebo: the arm of the subject.
  double dose_level() const { return doses.empty() ? 0.0 : doses.front().amount; }
};

/// How the drug gets in, as far as the file tells: doses into the compartment that is observed are
/// intravenous, into another one extravascular; a RATE makes them infusions.
enum class Route { unknown, bolus, infusion, extravascular };

struct Trial {
  std::string name;  ///< the file's name
  std::vector<Covariate> covariates;
  std::vector<Subject> subjects;
  Route route = Route::unknown;
  bool modelled_duration =
      false;  ///< RATE -2: doses are infused over a time that is a parameter of the class
  std::vector<std::string> notes;  ///< what the reader left out, filled in or inferred, in words
};

/// Position of a covariate by name (exact case), or -1.
int covariate_index(const Trial& trial, const std::string& name);

}  // namespace qdose
