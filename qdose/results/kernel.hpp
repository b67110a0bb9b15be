// What Stage 3 says: how well covariates predict parameters, by the quantum kernel and by its baselines.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// One output (a parameter on the unbounded scale), scored by leave-one-subject-out predictions.
struct KernelOutput {
  std::string name;
  double r2 = 0;          ///< leave-one-out
  double r2_ceiling = 0;  ///< best value that the uncertainty of the targets allows, estimated
  double rmse = 0;
  bool has_signal = false;  ///< false: the intercept is returned
  double lambda = 0, bandwidth = 0;
  double alignment = 0;      ///< of the chosen map's kernel with this output (centred, -1..1)
  double alignment_rbf = 0;  ///< of the RBF kernel that fits it best
};

/// Mean R2 of the quantum kernel minus that of a baseline over resplits (or over cohorts drawn anew), with
/// its 95% interval.
struct KernelComparison {
  std::string baseline;
  double difference = 0, low = 0, high = 0;
  int resplits = 0;
};

/// How far apart the kernel's values lie: where they concentrate, a quantum computer cannot tell them apart.
struct KernelConcentration {
  double mean = 0, variance = 0;  ///< of the off-diagonal values
  double shots = 0;               ///< a pair, so that the counting error equals their spread
};

/// The kernel as a quantum computer would measure it.
struct KernelNoise {
  double shots = 0;         ///< a pair; 0: exact probabilities
  double depolarising = 0;  ///< chance of losing the state in one pass through the circuit
  double ridge_floor = 0;   ///< least penalty: the noise's spectral norm
  double error = 0;         ///< root mean square of the corrected kernel values' error
  double r2_mean = 0;
};

/// The reference report's protocol repeated: its circuit, its SVR, its numbers of people.
struct KernelProtocol {
  int seeds = 0, subjects = 0, test = 0;
  double r2_mean = 0, r2_sd = 0, r2_q5 = 0, r2_median = 0, r2_q95 = 0, rmse_mean = 0;
  double span_cap = 0;  ///< best R2 of any regression on the circuit's functions
  std::vector<double> r2 = {};
};

/// The dose that keeps 90% of the population on the right side, in units of the true one.
struct KernelCoverage {
  double true_dose = 0;
  double predictive_ratio = 0;                         ///< from predicted distributions
  double point_ratio = 0;                              ///< from predicted means
  double predictive_coverage = 0, point_coverage = 0;  ///< share of the true population that these doses keep
};

/// Predictions over a grid of a covariate, for the report's picture.
struct KernelCurve {
  std::string output, covariate;
  double other_level = 0;  ///< value of the categorical covariate held
  std::vector<double> x, kernel, baseline;
};

struct KernelResult {
  std::string feature_map;
  int n_qubits = 0;
  std::vector<KernelOutput> outputs;
  double r2_mean = 0;
  std::map<std::string, double> baselines;                           ///< r2_mean by baseline name
  std::map<std::string, std::map<std::string, double>> baseline_r2;  ///< [baseline][output]
  double geometric_difference = 0, geometric_limit = 0;              ///< g and sqrt(N)
  double seconds_states = 0, seconds_gram = 0, seconds_solve = 0;
  int subjects = 0, test = 0;  ///< people trained on and tested with; test 0: cross-validated
  std::vector<KernelComparison> comparisons;
  KernelConcentration concentration;
  std::vector<KernelNoise> noise;
  KernelProtocol protocol;  ///< seeds 0: not run
  KernelCoverage coverage;  ///< true_dose 0: not run
  std::string verdict;      ///< in words; "no advantage" when that is the result
  std::vector<KernelCurve> curves;
  std::vector<std::string> notes;
};

Result<Done> save(const KernelResult& result, const std::string& path);
Result<KernelResult> load_kernel(const std::string& path);

}  // namespace qdose
