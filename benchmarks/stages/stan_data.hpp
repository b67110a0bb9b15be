// A population problem as the Stan programs (stan/*.stan) take it.
#pragma once
#include "benchmarks/stages/r_list.hpp"
#include "qdose/base/result.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose::benchmarks {

/// The data of both programs: what population_data.stan, closed_form.stan and ode.stan declare, but for the
/// solver's tolerances. Subjects are in the order of the batches and their lanes. Fault::bad_usage where the
/// programs lack what the problem has: another PD class than turnover with inhibited production, parameters
/// that are held or do not vary, correlated random effects, residual errors that are not combined, values
/// below a limit.
Result<RList> stan_data(const PopulationProblem& problem);

}  // namespace qdose::benchmarks
