// What the report's priors look like on its design, without noise: how large, and what the noise leaves of
// it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace qdose {

struct Quantiles {
  double p5 = 0, p50 = 0, p95 = 0;
};

/// Trajectories of one PK class. Distances are in standard deviations of the residual error: the root of the
/// sum of squares over the grid.
struct PkSummary {
  std::string id;
  std::size_t count = 0;
  Quantiles peak, at_24h, last;  ///< mg/L; `last` at the last time of the grid
  double below_noise = 0;        ///< share of values below the additive error (0.02 mg/L)
  Quantiles published_peak;      ///< peak without the dose at t = 0, as the report's simulator had it
  Quantiles first_dose;          ///< distance that this dose makes
  double first_dose_seen = 0;    ///< share of trajectories in which that is above `seen_distance`
};

/// Trajectories of one PD class.
struct PdSummary {
  std::string id;
  std::size_t count = 0;
  Quantiles baseline;  ///< ng/mL
  Quantiles change;    ///< largest |R/R(0) - 1|
  Quantiles distance;  ///< between the trajectory and the best constant
  double seen = 0;     ///< share of trajectories in which that is above `seen_distance`
};

/// A distance at which a curve can be told from its noise: three standard deviations of the best test.
inline constexpr double seen_distance = 3.0;

/// About count / classes trajectories of each class.
std::vector<PkSummary> summarise_report_pk(std::uint64_t seed, std::size_t count);
std::vector<PdSummary> summarise_report_pd(std::uint64_t seed, std::size_t count, bool dose_at_zero = true);

/// Both as Markdown tables.
std::string describe(const std::vector<PkSummary>& summaries);
std::string describe(const std::vector<PdSummary>& summaries);

}  // namespace qdose
