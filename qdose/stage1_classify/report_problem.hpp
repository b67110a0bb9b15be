// The report's synthetic problem as an encoder sees it: one subject a trial, fixed grid, absolute units.
#pragma once
#include <cstdint>
#include <memory>

#include "qdose/simulate/report_priors.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// The problem "which class made this trajectory?" (simulate/report_priors.hpp) with `patch` neighbouring
/// grid times a token (1: a token a time, as in the report; as many as the grid has: one token a subject).
/// Purposes training, validation and test are disjoint streams.
std::unique_ptr<Problem> make_report_problem(const ReportProblem& problem, std::size_t patch,
                                             std::uint64_t seed);

/// Tokens of trajectories.
TokenSet report_tokens(const ReportTrajectories& trajectories, Role role, std::size_t patch);

/// The level that trajectories in absolute units stand for: there is none, so one zero.
inline constexpr double no_level = 0;

}  // namespace qdose
