// The reference report's regression by name: its circuit, its support vector regression, its numbers of
// people.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/cohort.hpp"

namespace qdose {

/// Its circuit at full bandwidth on raw inputs scaled to the training range, standardised outputs, SVR with C
/// 10 and epsilon 0.1: predictions for the test people, [people][outputs]. Up to 1000 training people by
/// pairs (exact), beyond by the circuit's 16 functions with a duality gap below 1e-3.
Eigen::MatrixXd predict_as_report(const Cohort& training, const Cohort& test);

/// R2 (mean over outputs) and RMSE (over all outputs) of the protocol for `seeds` cohorts, and the cap: the
/// R2 of least squares on all functions that the circuit's kernel spans, trained and tested on 200,000 people
/// each.
Result<KernelProtocol> run_report_protocol(int subjects, int test, int seeds, std::uint64_t seed, int threads,
                                           Progress& progress);

}  // namespace qdose
