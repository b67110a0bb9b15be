// The Bayes classifier of the report's synthetic problem: no network can name the class more often.
#pragma once
#include <cstdint>
#include <vector>

#include "qdose/simulate/report_priors.hpp"
#include "qdose/stage1_classify/evidence.hpp"

namespace qdose {

/// Class probabilities of trajectories and how exact they are.
struct BayesPosterior {
  std::vector<double> probability;  ///< [classes], sum 1
  double log_evidence_se = 0;       ///< of the class in front
};

/// Posterior over the classes of each trajectory under the exact prior (report_parameters) and residual
/// errors, zeros taken as censored. PK: exact up to the errors of the integrals. PD: the true concentrations
/// are averaged over what their observed values allow, each for itself; that they follow a PK class is not
/// used, so that this classifier bounds the best one from below (closely: the errors of concentrations are
/// small beside those of the biomarker). Random numbers: (seed, Purpose::test, first_item + index) with a
/// sub-item of their own.
std::vector<BayesPosterior> bayes_classifier(const ReportProblem& problem,
                                             const ReportTrajectories& trajectories, std::uint64_t seed,
                                             std::uint64_t first_item, int threads,
                                             const EvidenceSettings& settings = {});

}  // namespace qdose
