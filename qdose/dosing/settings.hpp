// What is asked of the dose search: the endpoint, the grids, and how many virtual subjects answer.
#pragma once
#include <cstdint>
#include <string>

namespace qdose {

struct DoseSettings {
  double threshold = 3.3;
  std::string direction = "below";
  double grid_daily = 0.5;
  double grid_weekly = 5.0;
  double interval = 0;
  double grid_interval = 0;
  double target = 0.9;
  double lower_target = 0.75;
  double weight_low = 70, weight_high = 140;
  double largest_multiple = 30;
  int replicates = 200;
  int subjects = 400;
  std::uint64_t seed = 1;  ///< common to all commands, as are the threads
  int threads = 1;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("threshold", threshold, "the biomarker's threshold, in the units of the trial");
    v("direction", direction, "below or above: where the biomarker shall stay through the whole interval");
    v("grid_daily", grid_daily, "once-daily doses are multiples of this");
    v("grid_weekly", grid_weekly, "once-weekly doses are multiples of this");
    v("interval", interval, "hours of a third regimen beside daily and weekly; 0: none");
    v("grid_interval", grid_interval, "doses of the third regimen are multiples of this; 0: grid_daily");
    v("target", target, "share of the population that shall meet the endpoint (0-1), scenarios A to C");
    v("lower_target", lower_target, "the same for scenario D (0-1)");
    v("weight_low", weight_low, "smallest body weight of scenario B");
    v("weight_high", weight_high, "largest body weight of scenario B");
    v("largest_multiple", largest_multiple,
      "search up to this multiple of the largest average dose rate of the trial (1-1000)");
    v("replicates", replicates, "draws of the population's parameters (20-10000)");
    v("subjects", subjects, "virtual subjects a replicate (50-100000)");
  }
};

}  // namespace qdose
