// Simulation-based calibration: does the posterior of simulated data cover the truth as often as it says?
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// Ranks of one quantity's true value among the posterior draws of its refits, counted in equal bins.
struct RankHistogram {
  std::string name;
  std::vector<int> counts;
  double chi_square = 0, p_value = 1;  ///< against uniform counts
};

struct Calibration {
  std::string pk_class, pd_class, sampler;
  std::string planted;  ///< an error put in on purpose, to see that the test finds it; empty: none
  int refits = 0, failed = 0;
  int ranked_draws = 0;  ///< draws a refit among which the truth is ranked
  std::vector<RankHistogram> quantities;
  /// Smallest p times the number of quantities (Bonferroni), at most 1: below 0.01 the ranks are not uniform.
  double p_value = 1;
  bool uniform = true;
  double seconds = 0;
};

/// sbc.json.
Result<Done> save(const Calibration& calibration, const std::string& path);
Result<Calibration> load_calibration(const std::string& path);

}  // namespace qdose
