// Random phase-1 designs of any size and shape: what a general encoder has to cope with. Nothing here depends
// on the class that will make the values, so that a design does not betray it.
#pragma once
#include <cstddef>

#include "qdose/base/random.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/simulate/trial_scales.hpp"

namespace qdose {

/// A design without values: subjects with doses and the times (values 0) of concentrations and responses.
struct RandomDesign {
  Trial trial;          ///< doses are boluses, the route is unknown
  TrialScales scales;   ///< sizes that populations are drawn around: those of the design, and random ones
  double infusion = 0;  ///< h; a duration that infusions of this design could have
  double least_measured = 0;  ///< concentrations below this share of the trial's median are not reported
};

/// Limits of the designs that are drawn.
inline constexpr std::size_t fewest_samples = 6, most_samples = 60;

/// A design of `group` subjects with about `samples` concentrations each (missing ones left out): a single
/// dose or up to 30 doses, regular or not, in one to four dose levels, placebo when `with_pd`; profiles after
/// the first and last dose, values before doses, a washout, or values anywhere; times as planned or jittered.
RandomDesign random_design(std::size_t group, std::size_t samples, bool with_pd, Stream& stream);

/// How many samples a subject has: 6 to 60, mostly below 30.
std::size_t random_sample_count(Stream& stream);

}  // namespace qdose
