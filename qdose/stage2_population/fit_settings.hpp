// How Stage 2 fits a population: the sampler, its lengths, and what the model may contain.
#pragma once
#include <cstdint>
#include <string>

namespace qdose {

struct FitSettings {
  std::string sampler = "qihmc";
  std::string form = "S";
  int chains = 0;
  int warmup = 200;
  int draws = 500;
  int most_draws = 8000;
  double target_acceptance = 0.8;
  std::string integrator = "auto";
  double trajectory = 1.9;
  double spread = 0.1;
  int max_depth = 10;
  std::string metric = "arrow";
  std::string omega = "diagonal";
  bool choose = true;
  bool covariates = true;
  bool free_constants = true;
  std::string pk_error = "auto", pd_error = "auto";
  std::string checkpoint;  ///< set by the program: where work is kept
  bool resume = false;     ///< set by the program: go on from there
  std::uint64_t seed = 1;  ///< common to all commands, as are the threads
  int threads = 1;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("sampler", sampler,
      "qihmc, hmc, nuts, or report (the report's own: softplus coordinates, step 0.001, 10 steps, 2000 "
      "draws)");
    v("form", form, "random mass of qihmc: S (scalar), D (diagonal) or M (mixture)");
    v("chains", chains, "number of chains (1-64; 0: 4, or the one chain of report)");
    v("warmup", warmup, "transitions of a chain before its draws are kept (50 or more)");
    v("draws", draws, "draws of a chain (100 or more)");
    v("most_draws", most_draws, "chains go on until R-hat <= 1.01 and ESS >= 400, up to so many draws each");
    v("target_acceptance", target_acceptance, "mean acceptance that the step is adapted to (0.5-0.99)");
    v("integrator", integrator,
      "steps of a trajectory: leapfrog, two-stage, three-stage; auto: two-stage, but leapfrog for nuts and "
      "report");
    v("trajectory", trajectory, "length of a trajectory of qihmc and hmc in whitened units (0.1-20)");
    v("spread", spread, "sd of log10 of the random mass (0-0.5)");
    v("max_depth", max_depth, "most doublings of a nuts trajectory (1-15)");
    v("metric", metric,
      "what is learnt of the posterior's shape: arrow (curvature, subject by subject), low-rank (scales and "
      "a few "
      "directions), diagonal (scales)");
    v("omega", omega, "random effects: diagonal (independent) or full (correlated)");
    v("choose", choose, "leave out random effects and covariate effects that the data speak against");
    v("covariates", covariates, "let covariates act on the parameters");
    v("pk_error", pk_error,
      "residual error of concentrations: combined, proportional, additive, log-normal; auto: combined, both "
      "parts estimated");
    v("pd_error", pd_error, "the same of the biomarker");
    v("free_constants", free_constants,
      "estimate what the report's equations hold constant, such as Imax = 1");
  }
};

}  // namespace qdose
