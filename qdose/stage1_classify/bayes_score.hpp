// The Bayes classifier next to an encoder, on the same fresh samples.
#pragma once
#include <cstdint>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/simulate/report_priors.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// True for report and report-as-published.
bool is_report(const std::string& priors);

/// Scores of the Bayes classifier (report_evidence.hpp) on the first `count` test samples, and of the encoder
/// on the same ones. Fault: interrupted.
Result<BayesScore> bayes_score(const ReportProblem& problem, const Encoder& encoder, std::uint64_t seed,
                               std::size_t count, int threads, Progress& progress);

/// The same (trial_evidence.hpp) on one subject of each of `count` test trials of a trial's design; the
/// encoder sees the subject within its trial. `problem` is make_trial_problem of the trial and this seed.
Result<BayesScore> bayes_score(const Trial& trial, const Problem& problem, const Encoder& encoder,
                               std::uint64_t seed, std::size_t count, int threads, Progress& progress);

}  // namespace qdose
