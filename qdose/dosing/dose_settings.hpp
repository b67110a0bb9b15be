// What can be chosen about the dose search.
#pragma once
#include <cstdint>
#include <string>

namespace qdose {

struct DoseSettings {
  double threshold = 3.3;
  std::string direction = "below";
  double target = 0.9;
  double reduced_target = 0.75;
  double grid_daily = 0.5;
  double grid_weekly = 5;
  double interval = 0;
  double grid_interval = 0;
  double largest_daily = 0;
  int replicates = 200;
  int subjects = 500;
  bool include_residual = false;
  std::uint64_t seed = 1;  ///< common to all commands, as are the threads
  int threads = 1;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("threshold", threshold, "value of the biomarker that must not be passed");
    v("direction", direction, "below: the biomarker must stay below the threshold; above: above it");
    v("target", target, "share of the population that must be kept there (0.01-0.99)");
    v("reduced_target", reduced_target, "the smaller share of scenario D (0.01-0.99)");
    v("grid_daily", grid_daily, "once-daily doses are multiples of this (mg)");
    v("grid_weekly", grid_weekly, "once-weekly doses are multiples of this (mg)");
    v("interval", interval, "a further dosing interval (h); 0: none");
    v("grid_interval", grid_interval, "its doses are multiples of this (mg); 0: grid_daily * interval / 24");
    v("largest_daily", largest_daily,
      "largest once-daily dose searched (mg), others in proportion to their interval; "
      "0: ten times the largest studied rate");
    v("replicates", replicates, "draws of the population's parameters (2-5000)");
    v("subjects", subjects, "virtual subjects of each replicate (50-100000)");
    v("include_residual", include_residual,
      "judge a measured biomarker, with its residual error, instead of the true one");
  }
};

}  // namespace qdose
