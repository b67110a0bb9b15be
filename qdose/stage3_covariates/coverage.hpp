// Why a dose needs predicted distributions: the 90% dose of a known population, computed three ways.
#pragma once
#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/cohort.hpp"
#include "qdose/stage3_covariates/cohort_scores.hpp"

namespace qdose {

/// Daily dose at which a person of the report's cohort has an average biomarker of 3.3 at steady state: CL
/// times the concentration that inhibits production enough, 24 h of it. Parameters [7] in the cohort's order,
/// natural scale.
double average_dose(const Eigen::RowVectorXd& parameters);

/// The 90% quantile of that dose over the test people: with their own parameters (the truth), with parameters
/// drawn from predictive distributions given their covariates, and with predicted mean parameters.
KernelCoverage dose_coverage(const Design& design, const JointChoice& choice,
                             const std::vector<CovariateTarget>& targets, const Cohort& test,
                             const InputMatrix& test_inputs, std::uint64_t seed);

}  // namespace qdose
