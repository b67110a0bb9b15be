#include "qdose/stage2_population/structure_check.hpp"

#include <algorithm>
#include <limits>

namespace qdose {
namespace {

constexpr double most_loss = 5;
constexpr int searches = 2;

/// Evidence of the structure without what is left out, at the omegas and errors that fit it.
Result<double> evidence_of(const Trial& trial, const PopulationStructure& structure,
                           const Inclusion& inclusion, std::uint64_t seed, int threads) {
  const auto problem = make_problem(trial, reduced(structure, inclusion));
  if (!problem) return problem.errors();
  const auto pilot = explore(PopulationDensity(*problem), searches, seed, threads);
  if (!pilot) return pilot.errors();
  return pilot->log_evidence;
}

}  // namespace

Result<StructureChoice> checked_choice(const Trial& trial, const PopulationStructure& structure,
                                       const Pilot& pilot, StructureChoice choice, std::uint64_t seed,
                                       int threads) {
  const auto place = [&](const VariabilityChoice& v) {
    for (std::size_t p = 0; p < structure.model.parameters.size(); ++p)
      if (structure.model.parameters[p].name == v.parameter) return p;
    return structure.model.parameters.size();
  };
  const auto any_left_out = [&] {
    return std::ranges::any_of(choice.variabilities, [](const VariabilityChoice& v) { return !v.kept; });
  };
  if (!any_left_out()) return choice;
  auto evidence = evidence_of(trial, structure, choice.inclusion, seed, threads);
  if (!evidence) return evidence.errors();
  while (any_left_out() && *evidence < pilot.log_evidence - most_loss) {
    VariabilityChoice* best = nullptr;
    double best_evidence = -std::numeric_limits<double>::infinity();
    for (VariabilityChoice& v : choice.variabilities) {
      if (v.kept) continue;
      Inclusion with = choice.inclusion;
      with.omega[place(v)] = pilot.inclusion.omega[place(v)];
      const auto own = evidence_of(trial, structure, with, seed, threads);
      if (!own || *own <= best_evidence) continue;
      best = &v;
      best_evidence = *own;
    }
    if (best == nullptr) break;
    best->kept = true;
    choice.inclusion.omega[place(*best)] = pilot.inclusion.omega[place(*best)];
    *evidence = best_evidence;
  }
  return choice;
}

}  // namespace qdose
