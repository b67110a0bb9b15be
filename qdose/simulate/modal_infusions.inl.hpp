// Infusions of one length in a grouped plan: what a unit of them has become depends on the offset alone, so
// that pulses are made once an offset, and a point costs one product more than after a bolus.
#pragma once
#include <algorithm>
#include <array>

#include "qdose/simulate/modal_groups.inl.hpp"
#include "qdose/simulate/pulse.inl.hpp"

namespace qdose::QDOSE_ISA {

/// Whether all doses are infusions of one length (a lane its own) that end before the next, in a grouped
/// plan.
inline bool one_infusion(const PkPlan& plan) {
  const auto& rows = plan.duration_of_dose;
  return plan.grouped && plan.remnants == 0 && !(plan.steady_interval > 0) &&
         std::all_of(rows.begin(), rows.end(), [&](std::int32_t row) { return row == rows[0]; });
}

/// Pulses of a unit dose by offset: of each mode, its derivative by the rate, and the sum over modes times
/// amplitudes with its adjoint.
template <std::size_t nm>
struct PulseTables {
  static constexpr std::size_t row_size = 2 * nm + 2;
  Lanes *value, *by_rate;  ///< [offsets][nm]
  Lanes *sum, *sum_bar;    ///< [offsets]
  PulseTables(const PkPlan& plan, Lanes* memory)
      : value(memory),
        by_rate(value + plan.offsets.size() * nm),
        sum(by_rate + plan.offsets.size() * nm),
        sum_bar(sum + plan.offsets.size()) {}

  void fill(const PkPlan& plan, const Modes<Batch, nm>& modes, const std::array<Infusion, nm>& given) const {
    for (std::size_t k = 0; k < plan.offsets.size(); ++k) {
      const Batch since = load(plan.offsets[k]), time = pulse_time(given[0].T, since);
      Batch total(0.0);
      for (std::size_t j = 0; j < nm; ++j) {
        const Pulse pulse = pulse_at(modes.rate[j], given[j], since, time, exp(-(modes.rate[j] * time)));
        store(value[k * nm + j], pulse.value);
        store(by_rate[k * nm + j], pulse.by_rate);
        total += modes.amplitude[j] * pulse.value;
      }
      store(sum[k], total);
    }
  }
};

/// C = sum_j S[dose][j] E[offset][j] + amount[dose] sum[offset] at every point.
template <std::size_t nm>
void superpose_pulses(const PkPlan& plan, const Lanes* E, const Lanes* S, const Lanes* pulses, Lanes* C) {
  for (const PkPlan::Run& run : group_of(plan, 0))
    for (std::int32_t k = 0; k < run.count; ++k) store(C[run.point + k], Batch(0.0));
  for (std::size_t d = 0; d < plan.doses; ++d) {
    const auto s = load_all<nm>(S + d * nm);
    const Batch amount = load(plan.amount[d]);
    for (const PkPlan::Run& run : group_of(plan, d + 1)) {
      const Lanes *e = E + static_cast<std::size_t>(run.offset) * nm, *pulse = pulses + run.offset;
      for (std::int32_t k = 0; k < run.count; ++k, e += nm) {
        Batch c = amount * load(pulse[k]);
        for (std::size_t j = 0; j < nm; ++j) c += s[j] * load(e[j]);
        store(C[run.point + k], c);
      }
    }
  }
}

/// The reverse: as reverse_groups, with what the doses before leave from pulses that have ended.
template <std::size_t nm>
ModeAdjoints<nm> reverse_pulses(const PkPlan& plan, const Lanes* E, const Lanes* S,
                                const Modes<Batch, nm>& modes, const PulseTables<nm>& t,
                                const Lanes* adjoint) {
  ModeAdjoints<nm> by;
  const auto add = [&](std::size_t offset, std::size_t j, const Batch& weight) {
    by.amplitude[j] += weight * load(t.value[offset * nm + j]);
    by.rate[j] += weight * modes.amplitude[j] * load(t.by_rate[offset * nm + j]);
  };
  std::array<Batch, nm> carried{};
  std::fill_n(t.sum_bar, plan.offsets.size(), Lanes{});
  const Lanes* hours = plan.offsets.data();
  for (std::size_t d = plan.doses; d-- > 0;) {
    DecaySums<nm> sums;
    const Batch amount = load(plan.amount[d]);
    for (const PkPlan::Run& run : group_of(plan, d + 1)) {
      const auto offset = static_cast<std::size_t>(run.offset);
      const Lanes* e = E + offset * nm;
      for (std::int32_t k = 0; k < run.count; ++k, e += nm) {
        sums.add(adjoint[run.point + k], hours[offset + static_cast<std::size_t>(k)], e);
        accumulate(t.sum_bar[offset + static_cast<std::size_t>(k)], load(adjoint[run.point + k]) * amount);
      }
    }
    const auto gap = static_cast<std::size_t>(plan.gap_of_dose[d]);
    for (std::size_t j = 0; j < nm; ++j) {
      const Batch s_bar = sums.plain[j] + carried[j];
      by.rate[j] = by.rate[j] - load(S[d * nm + j]) * sums.delayed[j];
      if (d == 0) continue;
      add(gap, j, s_bar * load(plan.amount[d - 1]));
      carried[j] = s_bar * load(E[gap * nm + j]);
      by.rate[j] = by.rate[j] - carried[j] * (load(S[(d - 1) * nm + j]) * load(hours[gap]));
    }
  }
  for (std::size_t k = 0; k < plan.offsets.size(); ++k)
    for (std::size_t j = 0; j < nm; ++j) add(k, j, load(t.sum_bar[k]));
  return by;
}

}  // namespace qdose::QDOSE_ISA
