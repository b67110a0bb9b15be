// What can be chosen about the dose search.
#pragma once
#include <cstdint>
#include <string>

namespace qdose {

struct DoseSettings {
  std::string scenario = {};
  double threshold = 3.3;
  std::string direction = "below";
  double target = 0.9;
  double reduced_target = 0.75;
  double grid_daily = 0;
  double grid_weekly = 0;
  double interval = 0;
  double grid_interval = 0;
  double largest_daily = 0;
  std::string dose_unit = "mg";
  int replicates = 400;
  int most_replicates = 1600;
  int subjects = 104;
  double mc_error = 0.003;
  bool include_residual = false;
  bool own_people = false;
  bool sensitivity = true;
  bool average = true;
  std::string truth = {};
  bool mpi = false;
  std::uint64_t seed = 1;  ///< common to all commands, as are the threads
  int threads = 1;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("scenario", scenario, "TOML file of scenarios; empty: the challenge's A to D");
    v("threshold", threshold, "value of the biomarker that must not be passed");
    v("direction", direction, "below: the biomarker must stay below the threshold; above: above it");
    v("target", target, "share of the population that must be kept there (0.01-0.99)");
    v("reduced_target", reduced_target, "the smaller share of scenario D (0.01-0.99)");
    v("grid_daily", grid_daily,
      "once-daily doses are multiples of this; 0: 0.5, or a round number that suits the trial's doses");
    v("grid_weekly", grid_weekly, "once-weekly doses are multiples of this; 0: ten times grid_daily");
    v("interval", interval, "a further dosing interval (h); 0: none");
    v("grid_interval", grid_interval, "its doses are multiples of this; 0: grid_daily * interval / 24");
    v("largest_daily", largest_daily,
      "largest once-daily dose searched, others in proportion to their interval; "
      "0: ten times the largest studied rate");
    v("dose_unit", dose_unit, "what doses are called in words: the unit of AMT");
    v("replicates", replicates, "draws of the population's parameters in a round (2-5000)");
    v("most_replicates", most_replicates, "rounds go on, at most up to so many draws, until mc_error is met");
    v("subjects", subjects, "virtual subjects of each replicate (50-100000)");
    v("mc_error", mc_error,
      "Monte-Carlo standard error of the attainment at the answer that ends the rounds (0.0005-0.1)");
    v("include_residual", include_residual,
      "judge a measured biomarker, with its residual error, instead of the true one");
    v("own_people", own_people,
      "the population is exactly the trial's people, instead of one of which they are a sample");
    v("sensitivity", sensitivity, "answer again under assumptions that the trial cannot settle");
    v("average", average, "average over the pairs of classes that the trial supports, where fitted");
    v("truth", truth, "truth.json of a virtual trial: its own answer beside the others");
    v("mpi", mpi, "share the virtual subjects among the processes that mpirun started (qdose dose only)");
  }
};

}  // namespace qdose
