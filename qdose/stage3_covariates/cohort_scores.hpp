// One cohort, all methods: what `evaluate_cohort` averages over.
#pragma once
#include <map>
#include <vector>

#include "qdose/stage3_covariates/cohort.hpp"
#include "qdose/stage3_covariates/methods.hpp"
#include "qdose/stage3_covariates/output_model.hpp"
#include "qdose/stage3_covariates/ridge_sums.hpp"

namespace qdose {

/// 1 - squared error / squared deviation from the test mean, over people.
double plain_r2(const Eigen::VectorXd& truth, const Eigen::VectorXd& prediction);

/// Logarithms of a cohort's values as targets without noise; only the first `most` people.
std::vector<CovariateTarget> cohort_targets(const Cohort& cohort, std::size_t most);

/// Trains the chosen regressions on everybody, in blocks.
class CohortTrainer {
 public:
  /// All arguments must outlive the trainer. `tuned` people stand in the design.
  CohortTrainer(const Design& design, const Cohort& training, const CovariateInputs& inputs,
                std::size_t tuned, int threads);

  /// Predictions of one method for other people, natural scale, [people][outputs]: E[exp(N(m, v))] = exp(m +
  /// v/2).
  Eigen::MatrixXd predict_natural(const JointChoice& choice, const std::vector<CovariateTarget>& targets,
                                  const InputMatrix& people);

  double seconds_solve() const { return seconds_; }

 private:
  using Key = std::pair<int, int>;  ///< trend, basis
  const RidgeSums& sums(const Candidate& candidate);
  Eigen::VectorXd predict_from_sums(const Choice& choice, std::size_t output, const InputMatrix& people);

  const Design& design_;
  const Cohort& training_;
  const CovariateInputs& inputs_;
  bool all_in_design_;
  int threads_;
  double seconds_ = 0;
  std::map<Key, RidgeSums> known_;
};

}  // namespace qdose
