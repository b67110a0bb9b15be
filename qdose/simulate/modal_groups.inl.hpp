// Superposition of modes for bolus doses without a lag, where all lanes look back to the same doses, and its
// reverse: the loops in which simulation and gradients of most PK classes spend their time. Points are taken
// dose by dose, so that amplitudes stay in registers and only the decays are read.
#pragma once
#include <array>
#include <span>

#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

/// E[offset][j] = exp(-rate_j offset). Products carry at most the error of the few factors they are made of.
template <std::size_t nm>
void fill_decays(const PkPlan& plan, const std::array<Batch, nm>& rate, Lanes* E) {
  for (const PkPlan::Decay& decay : plan.decays) {
    Lanes* e = E + static_cast<std::size_t>(decay.offset) * nm;
    if (decay.a < 0) {
      const Batch u = load(plan.offsets[static_cast<std::size_t>(decay.offset)]);
      for (std::size_t j = 0; j < nm; ++j) store(e[j], exp(-(rate[j] * u)));
    } else {
      const Lanes* a = E + static_cast<std::size_t>(decay.a) * nm;
      const Lanes* b = E + static_cast<std::size_t>(decay.b) * nm;
      for (std::size_t j = 0; j < nm; ++j) store(e[j], load(a[j]) * load(b[j]));
    }
  }
}

/// The runs of points that look back to dose d - 1 of a grouped plan.
[[gnu::always_inline]] inline std::span<const PkPlan::Run> group_of(const PkPlan& plan, std::size_t d) {
  return {plan.runs.data() + plan.groups[d], plan.runs.data() + plan.groups[d + 1]};
}

/// C = sum_j S[dose][j] E[offset][j] at every point of a grouped plan.
template <std::size_t nm>
void superpose_groups(const PkPlan& plan, const Lanes* E, const Lanes* S, Lanes* C) {
  for (const PkPlan::Run& run : group_of(plan, 0))
    for (std::int32_t k = 0; k < run.count; ++k) store(C[run.point + k], Batch(0.0));
  for (std::size_t d = 0; d < plan.doses; ++d) {
    const auto s = load_all<nm>(S + d * nm);
    for (const PkPlan::Run& run : group_of(plan, d + 1)) {
      const Lanes* e = E + static_cast<std::size_t>(run.offset) * nm;
      Lanes* c = C + run.point;
      for (std::int32_t k = 0; k < run.count; ++k, e += nm) {
        Batch sum = s[0] * load(e[0]);
        for (std::size_t j = 1; j < nm; ++j) sum += s[j] * load(e[j]);
        store(c[k], sum);
      }
    }
  }
}

template <std::size_t nm>
struct ModeAdjoints {
  std::array<Batch, nm> rate{}, amplitude{};
};

/// Sums over points of a E and of a u E, for the adjoint a of C, u hours after the dose.
template <std::size_t nm>
struct DecaySums {
  std::array<Batch, nm> plain{}, delayed{};
  [[gnu::always_inline]] void add(const Lanes& adjoint, const Lanes& hours, const Lanes* e) {
    const Batch a = load(adjoint), au = a * load(hours);
    for (std::size_t j = 0; j < nm; ++j) {
      const Batch decay = load_once(e[j]);
      plain[j] += a * decay;
      delayed[j] += au * decay;
    }
  }
};

/// From the adjoint of C at every point of a grouped plan to those of rates and amplitudes. E = exp(-rate u)
/// is differentiated where it is used, and doses are taken from the last to the first: nothing passes through
/// memory.
template <std::size_t nm>
ModeAdjoints<nm> reverse_groups(const PkPlan& plan, const Lanes* E, const Lanes* S, const Lanes* adjoint) {
  std::array<Batch, nm> rate{}, amplitude{}, carried{};
  const Lanes* hours = plan.offsets.data();
  for (std::size_t d = plan.doses; d-- > 0;) {
    DecaySums<nm> even, odd;  // two chains of additions run side by side
    for (const PkPlan::Run& run : group_of(plan, d + 1)) {
      const Lanes *a = adjoint + run.point, *u = hours + run.offset;
      const Lanes* e = E + static_cast<std::size_t>(run.offset) * nm;
      std::int32_t k = 0;
      for (; k + 1 < run.count; k += 2, e += 2 * nm) {
        even.add(a[k], u[k], e);
        odd.add(a[k + 1], u[k + 1], e + nm);
      }
      if (k < run.count) even.add(a[k], u[k], e);
    }
    const auto gap = static_cast<std::size_t>(plan.gap_of_dose[d]);
    const Batch amount = load(plan.amount[d]), since = load(hours[gap]);
    for (std::size_t j = 0; j < nm; ++j) {
      const Batch s_bar = even.plain[j] + odd.plain[j] + carried[j];
      amplitude[j] += s_bar * amount;
      rate[j] = rate[j] - load(S[d * nm + j]) * (even.delayed[j] + odd.delayed[j]);
      if (d == 0) continue;
      carried[j] = s_bar * load(E[gap * nm + j]);
      rate[j] = rate[j] - carried[j] * (load(S[(d - 1) * nm + j]) * since);
    }
  }
  return {rate, amplitude};
}

}  // namespace qdose::QDOSE_ISA
