// Honest scores: every prediction is made by a regression, tuning included, that never saw the subject.
#pragma once
#include <cstdint>

#include "qdose/base/progress.hpp"
#include "qdose/stage3_covariates/tuning.hpp"

namespace qdose {

/// Residuals of one output at the subjects of its target.
struct OutOfFold {
  Eigen::VectorXd method;  ///< y minus the prediction
  Eigen::VectorXd mean;    ///< y minus the weighted mean of the same training subjects
};

/// Fold of each of `subjects` subjects: a random partition into `folds` parts of equal size; another one for
/// every `item`.
std::vector<int> split(std::size_t subjects, int folds, std::uint64_t seed, std::uint64_t item = 0);

/// Residuals of the subjects in `fold`, trained on the others; 0 elsewhere.
std::vector<OutOfFold> hold_out(const Design& design, const Method& method,
                                const std::vector<CovariateTarget>& targets,
                                const std::vector<int>& fold_of_subject, int fold);

/// For each target. All choices (variant, bandwidth, penalty, level) are made anew within every fold's
/// training subjects; only the scaling of covariates, which involves no target, is shared.
std::vector<OutOfFold> cross_validate(const Design& design, const Method& method,
                                      const std::vector<CovariateTarget>& targets,
                                      const std::vector<int>& fold_of_subject, int threads);

/// 1 - (weighted squared error) / (weighted squared error of the training mean): the training mean has
/// exactly 0.
double r_squared(const OutOfFold& residuals, const Eigen::VectorXd& weights);

}  // namespace qdose
