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
  std::string verdict;  ///< in words; "no advantage" when that is the result
  std::vector<KernelCurve> curves;
  std::vector<std::string> notes;
};

Result<Done> save(const KernelResult& result, const std::string& path);
Result<KernelResult> load_kernel(const std::string& path);

}  // namespace qdose
