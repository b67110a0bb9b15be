// Is one method better than another, or was it this split? Many random splits, paired, with honest intervals.
#pragma once
#include <cstdint>

#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/validation.hpp"

namespace qdose {

/// Scores of all methods, [method][resplit]: a fifth of the subjects is held out at random, everything is
/// chosen and trained on the others, and the squared error of those held out, in units of each output's
/// variance over all subjects, is averaged over outputs and taken from 1.
std::vector<std::vector<double>> resplit_scores(const Design& design, const std::vector<Method>& methods,
                                                const std::vector<CovariateTarget>& targets,
                                                std::size_t subjects, int resplits, std::uint64_t seed,
                                                int threads);

/// Mean difference of the first method's scores to each other's. The splits share subjects, so the variance
/// of the mean is s^2 (1/resplits + test/train), test/train = 1/4 (Nadeau and Bengio 2003).
std::vector<KernelComparison> compare_resplits(const std::vector<Method>& methods,
                                               const std::vector<std::vector<double>>& scores);

/// Two-sided 95% quantile of Student's t; error below 1% from 3 degrees of freedom on.
double t_quantile(double degrees);

}  // namespace qdose
