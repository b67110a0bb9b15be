#include "qdose/simulate/interval_slots.hpp"

namespace qdose {
namespace {

/// A lane whose slot takes no time agrees with any rate.
bool can_follow(const PkPlan::Slot& last, const PkPlan::Slot& slot) {
  for (std::size_t l = 0; l < lanes; ++l) {
    if (last.dose.v[l] != 0) return false;
    const bool both_run = last.step.v[l] > 0 && slot.step.v[l] > 0;
    if (both_run && last.rate.v[l] != slot.rate.v[l]) return false;
  }
  return true;
}

}  // namespace

std::vector<PkPlan::Slot> interval_slots(const std::vector<PkPlan::Slot>& slots) {
  std::vector<PkPlan::Slot> result;
  for (const PkPlan::Slot& slot : slots) {
    if (result.empty() || !can_follow(result.back(), slot)) {
      result.push_back(slot);
      continue;
    }
    PkPlan::Slot& last = result.back();
    for (std::size_t l = 0; l < lanes; ++l) {
      if (slot.step.v[l] > 0) last.rate.v[l] = slot.rate.v[l];
      last.step.v[l] += slot.step.v[l];
      last.dose.v[l] = slot.dose.v[l];
    }
  }
  return result;
}

}  // namespace qdose
