#include "qdose/stage2_population/structure_check.hpp"

#include <algorithm>
#include <limits>

namespace qdose {
namespace {

constexpr double most_loss = 5;

class Check {
 public:
  Check(const Pilot& pilot, const StructureChoice& choice)
      : pilot_(pilot), left_out_(pilot.problem->structure.model.parameters.size()) {
    for (const VariabilityChoice& v : choice.variabilities) left_out_[place(v)] = !v.kept;
  }

  bool leaves_any_out() const { return std::ranges::count(left_out_, true) > 0; }
  Result<double> evidence() const {
    const auto without = explore_without(pilot_, left_out_);
    if (!without) return without.errors();
    return without->log_evidence;
  }
  void put_back(const VariabilityChoice& v) { left_out_[place(v)] = false; }
  std::size_t place(const VariabilityChoice& v) const {
    const auto& parameters = pilot_.problem->structure.model.parameters;
    return static_cast<std::size_t>(std::ranges::find(parameters, v.parameter, &PopulationParameter::name) -
                                    parameters.begin());
  }

 private:
  const Pilot& pilot_;
  std::vector<bool> left_out_;
};

}  // namespace

Result<StructureChoice> checked_choice(const Pilot& pilot, StructureChoice choice) {
  Check check(pilot, choice);
  if (!check.leaves_any_out()) return choice;
  auto evidence = check.evidence();
  if (!evidence) return evidence.errors();
  while (check.leaves_any_out() && *evidence < pilot.log_evidence - most_loss) {
    VariabilityChoice* best = nullptr;
    double best_evidence = -std::numeric_limits<double>::infinity();
    for (VariabilityChoice& v : choice.variabilities) {
      if (v.kept) continue;
      Check with = check;
      with.put_back(v);
      const auto own = with.evidence();
      if (!own || *own <= best_evidence) continue;
      best = &v;
      best_evidence = *own;
    }
    if (best == nullptr) break;
    best->kept = true;
    choice.inclusion.omega[check.place(*best)] = pilot.inclusion.omega[check.place(*best)];
    check.put_back(*best);
    *evidence = best_evidence;
  }
  return choice;
}

}  // namespace qdose
