// The problems on which gradients of a population are timed, here and beside other programs.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose {

struct GradientProblem {
  std::string name, pk, levels;  ///< of the benchmark, PK class, doses of the arms (mg; 0: placebo)
  std::string pd = "pd_indirect_inhib_kin";
};

/// 36 and 48 subjects.
inline const GradientProblem gradient_1c{"gradient_1c", "pk_1c_oral", "1, 3, 10"};
inline const GradientProblem gradient_2c{"gradient_2c", "pk_2c_oral", "0, 1, 3, 10"};

/// A virtual trial of 12 subjects a level with 21 daily doses, and the problem of fitting the classes that
/// made it.
Result<std::shared_ptr<const PopulationProblem>> make_gradient_problem(const GradientProblem& what,
                                                                       std::uint64_t seed);

}  // namespace qdose
