// The answers: which dose keeps the biomarker where it should be, for whom, and how sure that is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

struct AttainmentPoint {
  double dose_mg = 0, mean = 0, q5 = 0, q95 = 0;  ///< share of the population that meets the endpoint
};

struct DoseAnswer {
  std::string scenario;     ///< A, B, C, D or a name of the user's
  std::string description;  ///< in words
  std::string regimen;      ///< daily | weekly | other
  double interval_h = 0, target = 0;
  std::string source;             ///< posterior | kernel
  std::optional<double> dose_mg;  ///< smallest dose of the grid whose mean attainment reaches the target
  AttainmentPoint attainment;     ///< at that dose, or the best found when there is none
  double probability_target_met = 0;
  std::optional<double> crossing_dose_mg;           ///< where the mean curve crosses the target, off the grid
  std::optional<double> crossing_q5, crossing_q95;  ///< band of that dose over parameter uncertainty
  std::vector<AttainmentPoint> curve;
  bool extrapolates = false;  ///< beyond the doses or covariates studied
  std::string sentence;       ///< the answer in words
};

struct Doses {
  double threshold = 0;
  std::string direction;  ///< below | above
  std::vector<DoseAnswer> answers;
  std::vector<std::string> notes;
};

/// doses.json and doses.csv.
Result<Done> save(const Doses& doses, const std::string& directory);
Result<Doses> load_doses(const std::string& directory);

}  // namespace qdose
