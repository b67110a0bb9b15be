// What an evaluation of modes knows before it comes to the points: decays over the plan's offsets, what each
// infusion does, and the modes just after every dose.
#pragma once
#include <algorithm>
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/simulate/modal_groups.inl.hpp"
#include "qdose/simulate/modal_infusions.inl.hpp"
#include "qdose/simulate/modal_places.inl.hpp"
#include "qdose/simulate/pulse.inl.hpp"

namespace qdose::QDOSE_ISA {

/// Tables in scratch memory, for nm modes of a class that has a lag, or a duration of its own (`timed`).
/// S[d][j] is mode j just after dose d; while some dose is an infusion it leaves dose d itself out, whose
/// pulse is then added point by point. Exponentials of points that are in no table are kept for the reverse.
template <std::size_t nm, bool lagged, bool timed>
struct ModalTables {
  static constexpr std::size_t infusion_row = nm * Infusion::size;
  Lanes *E, *S, *S_bar;       ///< [offsets][nm], [doses][nm] twice
  Lanes *infusions, *points;  ///< [rows][nm][Infusion::size], [points][streams][nm]
  PulseTables<nm> pulses;     ///< in place of `points`, where all infusions are alike

  ModalTables(const PkPlan& plan, Lanes* memory)
      : E(memory),
        S(E + plan.offsets.size() * nm),
        S_bar(S + plan.doses * nm),
        infusions(S_bar + plan.doses * nm),
        points(infusions + rows(plan) * infusion_row),
        pulses(plan, points) {}
  static std::size_t size(const PkPlan& plan) {
    const bool kept = lagged || infusing(plan) || plan.own.panels > 0;
    return nm * (plan.offsets.size() + 2 * plan.doses) + rows(plan) * infusion_row +
           (alike(plan) ? plan.offsets.size() * PulseTables<nm>::row_size
            : kept      ? plan.points.size() * streams(plan) * nm
                        : 0);
  }
  static bool infusing(const PkPlan& plan) { return timed || plan.has_infusions; }
  static bool alike(const PkPlan& plan) { return !lagged && !timed && infusing(plan) && one_infusion(plan); }
  /// Infusions that may run after a dose: its own, stream 0, and what still runs of earlier ones.
  static std::size_t streams(const PkPlan& plan) { return timed ? 1 : 1 + plan.remnants; }
  /// Rows of the table of infusions: a duration each, then the remnants at every dose.
  static std::size_t rows(const PkPlan& plan) {
    if (!infusing(plan)) return 0;
    return timed ? 1 : plan.durations.size() + plan.doses * plan.remnants;
  }
  static std::size_t row_of(const PkPlan& plan, std::size_t d, std::size_t stream) {
    if (timed) return 0;
    if (stream > 0) return plan.durations.size() + d * plan.remnants + stream - 1;
    return static_cast<std::size_t>(plan.duration_of_dose[d]);
  }
  static Batch amount_of(const PkPlan& plan, std::size_t d, std::size_t stream) {
    return load(stream == 0 ? plan.amount[d] : plan.remnant_amount[d * plan.remnants + stream - 1]);
  }

  Infusion infusion_at(std::size_t row, std::size_t j) const {
    return infusion_from(infusions + row * infusion_row + j * Infusion::size,
                         [](const Lanes& x) { return load(x); });
  }
  template <class Read>
  static Infusion infusion_from(const Lanes* row, Read read) {
    return {read(row[0]), read(row[1]), {read(row[2]), read(row[3])}};
  }
  /// The infusions of a stream that the lanes of a place look back to, a mode each, and their amounts.
  std::array<Infusion, nm> infusions_at(const PkPlan& plan, const ModalPlaces& at, std::size_t stream) const {
    const auto row_of_lane = [&](std::size_t l) {
      return row_of(plan, static_cast<std::size_t>(std::max(at.dose[l], 0)), stream);
    };
    std::array<Infusion, nm> given;
    if (timed || at.uniform) {
      for (std::size_t j = 0; j < nm; ++j) given[j] = infusion_at(row_of_lane(0), j);
      return given;
    }
    std::int32_t rows[lanes];
    for (std::size_t l = 0; l < lanes; ++l) rows[l] = static_cast<std::int32_t>(row_of_lane(l));
    const LanePlaces places(rows, infusion_row);
    for (std::size_t j = 0; j < nm; ++j)
      given[j] =
          infusion_from(infusions + j * Infusion::size, [&](const Lanes& x) { return gather(&x, places); });
    return given;
  }
  static Batch amounts_at(const PkPlan& plan, const ModalPlaces& at, std::size_t stream) {
    if (stream == 0) return gather_dose<1>(plan.amount.data(), at)[0];
    return gather(plan.remnant_amount.data() + stream - 1, LanePlaces(at.dose, plan.remnants));
  }

  /// What a stream of dose d - 1, an infusion, is at dose d.
  struct Residue {
    std::array<Pulse, nm> pulse;
    Residue(const PkPlan& plan, const Modes<Batch, nm>& modes, const ModalTables& t, std::size_t d,
            std::size_t stream) {
      const Batch gap = load(plan.offsets[static_cast<std::size_t>(plan.gap_of_dose[d])]);
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion given = t.infusion_at(row_of(plan, d - 1, stream), j);
        const Batch time = pulse_time(given.T, gap);
        pulse[j] = pulse_at(modes.rate[j], given, gap, time, exp(-(modes.rate[j] * time)));
      }
    }
  };
  /// Whether a unit of dose d - 1 is at dose d what one of dose d is at dose d + 1.
  static bool same_residue(const PkPlan& plan, std::size_t d) {
    return streams(plan) == 1 && plan.gap_of_dose[d] == plan.gap_of_dose[d + 1] &&
           row_of(plan, d - 1, 0) == row_of(plan, d, 0);
  }

  /// `duration`: the class's own, or null.
  void fill(const PkPlan& plan, const Modes<Batch, nm>& modes, const Batch* duration) const {
    fill_decays<nm>(plan, modes.rate, E);
    if (!infusing(plan)) return fill_boluses(plan, modes);
    const std::size_t distinct = plan.durations.size();
    for (std::size_t k = 0; k < rows(plan); ++k) {
      const Batch T = timed          ? *duration
                      : k < distinct ? load(plan.durations[k])
                                     : load(plan.remnant_duration[k - distinct]);
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion given = infusion(modes.rate[j], T);
        Lanes* row = infusions + k * infusion_row + j * Infusion::size;
        store(row[0], given.T), store(row[1], given.decay);
        store(row[2], given.mean.value), store(row[3], given.mean.slope);
      }
    }
    fill_infusions(plan, modes);
    if (!alike(plan)) return;
    std::array<Infusion, nm> given;
    for (std::size_t j = 0; j < nm; ++j) given[j] = infusion_at(row_of(plan, 0, 0), j);
    pulses.fill(plan, modes, given);
  }

 private:
  void fill_boluses(const PkPlan& plan, const Modes<Batch, nm>& modes) const {
    for (std::size_t j = 0; j < nm; ++j) {
      Batch s(0.0);
      for (std::size_t d = 0; d < plan.doses; ++d) {
        s = s * load(E[static_cast<std::size_t>(plan.gap_of_dose[d]) * nm + j]) +
            load(plan.amount[d]) * modes.amplitude[j];
        if (plan.steady_interval > 0) s = s * steady_factor(plan, modes.rate[j]);
        store(S[d * nm + j], s);
      }
    }
  }
  void fill_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes) const {
    if (plan.steady_interval > 0) {
      const Batch interval(plan.steady_interval);
      for (std::size_t j = 0; j < nm; ++j) {
        const Batch T = infusion_at(row_of(plan, 0, 0), j).T;
        store(S[j], load(plan.amount[0]) * pulse(modes.rate[j], modes.amplitude[j], T, interval) *
                        steady_factor(plan, modes.rate[j]));
      }
      return;
    }
    for (std::size_t j = 0; j < nm; ++j) store(S[j], Batch(0.0));
    for (std::size_t d = 1; d < plan.doses;) {
      const Residue left(plan, modes, *this, d, 0);
      for (bool same = true; same; ++d) {
        const Lanes* decay = E + static_cast<std::size_t>(plan.gap_of_dose[d]) * nm;
        for (std::size_t j = 0; j < nm; ++j) store(S[d * nm + j], load(S[(d - 1) * nm + j]) * load(decay[j]));
        add_residue(plan, modes, left, d, 0);
        for (std::size_t m = 1; m < streams(plan); ++m)
          add_residue(plan, modes, Residue(plan, modes, *this, d, m), d, m);
        same = d + 1 < plan.doses && same_residue(plan, d);
      }
    }
  }
  void add_residue(const PkPlan& plan, const Modes<Batch, nm>& modes, const Residue& left, std::size_t d,
                   std::size_t stream) const {
    const Batch amount = amount_of(plan, d - 1, stream);
    for (std::size_t j = 0; j < nm; ++j)
      accumulate(S[d * nm + j], amount * (modes.amplitude[j] * left.pulse[j].value));
  }
  /// The geometric series of all doses before.
  static Batch steady_factor(const PkPlan& plan, const Batch& rate) {
    return reciprocal(Batch(1.0) - exp(-(rate * Batch(plan.steady_interval))));
  }
};

}  // namespace qdose::QDOSE_ISA
