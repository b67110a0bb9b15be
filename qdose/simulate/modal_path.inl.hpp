// Linear PK classes by modal superposition: C(t) = sum_j S_j[d] exp(-rate_j u), u hours after dose d, with
// the amplitudes S_j[d] carried from dose to dose; gradients by the reverse of the same recursion.
#pragma once
#include <algorithm>

#include "qdose/models/definition.hpp"
#include "qdose/simulate/modal_groups.inl.hpp"
#include "qdose/simulate/modal_places.inl.hpp"
#include "qdose/simulate/pulse.inl.hpp"

namespace qdose::QDOSE_ISA {

template <class M>
concept HasModes = requires(Parameters<M, double> p) {
  M::modes(p);
};

template <class M>
struct ModalPath {
  static constexpr std::size_t np = M::parameters.size();
  static constexpr std::size_t nm = decltype(M::modes(Parameters<M, double>{}).rate){}.size();
  static constexpr bool lagged = has_symbol(M::parameters, "Tlag"), timed = has_symbol(M::parameters, "tau");
  using Row = std::array<Batch, nm>;
  using D = Dual<Batch, np>;

  template <class R>
  static R lag_of(const Parameters<M, R>& p) {
    if constexpr (lagged) return p[index_of(M::parameters, "Tlag")];
    return R(0.0);
  }
  static bool infusing(const PkPlan& plan) { return timed || plan.has_infusions; }
  /// The row of dose d in the table of infusions.
  static std::size_t row_of(const PkPlan& plan, std::size_t d) {
    return timed ? 0 : static_cast<std::size_t>(plan.duration_of_dose[d]);
  }

  /// Scratch memory. S[d][j] is mode j just after dose d; while some dose is an infusion it leaves dose d
  /// itself out, whose pulse is then added point by point. Exponentials of points that are in no table are
  /// kept for the reverse.
  struct Tables {
    static constexpr std::size_t infusion_row = nm * Infusion::size;
    Lanes *E, *S, *S_bar;       ///< [offsets][nm], [doses][nm] twice
    Lanes *infusions, *points;  ///< [durations][nm][Infusion::size], [points][nm]
    Tables(const PkPlan& plan, Lanes* memory)
        : E(memory),
          S(E + plan.offsets.size() * nm),
          S_bar(S + plan.doses * nm),
          infusions(S_bar + plan.doses * nm),
          points(infusions + (infusing(plan) ? plan.durations.size() * infusion_row : 0)) {}
    static std::size_t size(const PkPlan& plan) {
      const bool kept = lagged || infusing(plan) || plan.own.panels > 0;
      return nm * (plan.offsets.size() + 2 * plan.doses + (kept ? plan.points.size() : 0)) +
             (infusing(plan) ? plan.durations.size() * infusion_row : 0);
    }
    Infusion infusion(std::size_t row, std::size_t j) const {
      return infusion_from(infusions + row * infusion_row + j * Infusion::size,
                           [](const Lanes& x) { return load(x); });
    }
  };
  template <class Read>
  static Infusion infusion_from(const Lanes* row, Read read) {
    return {read(row[0]), read(row[1]), {read(row[2]), read(row[3])}};
  }

  /// The infusions that the lanes of a place look back to.
  struct InfusionsAt {
    const Tables& t;
    bool one_row;
    std::size_t row = 0;
    std::int32_t rows[lanes] = {};
    InfusionsAt(const PkPlan& plan, const Tables& tables, const ModalPlace& at) : t(tables) {
      const auto of_dose = [&](std::int32_t d) {
        return row_of(plan, static_cast<std::size_t>(std::max(d, 0)));
      };
      one_row = timed || at.uniform;
      if (one_row)
        row = of_dose(at.dose[0]);
      else
        for (std::size_t l = 0; l < lanes; ++l) rows[l] = static_cast<std::int32_t>(of_dose(at.dose[l]));
    }
    Infusion operator()(std::size_t j) const {
      if (one_row) return t.infusion(row, j);
      const LanePlaces places(rows, Tables::infusion_row);
      return infusion_from(t.infusions + j * Infusion::size,
                           [&](const Lanes& x) { return gather(&x, places); });
    }
  };

  /// True when some infusion may still run at the next dose: the recursion over doses does not hold then, and
  /// every dose is added on its own.
  static bool overlapping(const PkPlan& plan, const Parameters<M, Batch>& p) {
    if (plan.steady_interval > 0) return false;
    if constexpr (timed) {
      const Batch tau = p[index_of(M::parameters, "tau")];
      for (std::size_t l = 0; l < lanes; ++l)
        if (tau.lane(l) > plan.shortest_gap) return true;
    }
    return plan.overlapping;
  }
  /// Concentration at a place as the plain sum over all doses that have arrived; `timed_point`: its time is
  /// its own, so that it comes earlier after a dose that arrives later.
  template <bool timed_point, class R>
  static R superposed(const PkPlan& plan, const Parameters<M, R>& p, const Modes<R, nm>& modes,
                      const ModalPlace& at) {
    R since_last(at.since);
    if constexpr (lagged && timed_point) {
      const R lag = lag_of(p);
      since_last = R(at.since + value_of(lag)) - lag;
    }
    R c(0.0);
    for (std::size_t d = 0; d < plan.doses; ++d) {
      Lanes earlier, given;
      for (std::size_t l = 0; l < lanes; ++l) {
        if (at.dose[l] < static_cast<std::int32_t>(d)) continue;  // later, or padding
        earlier.v[l] = plan.dose_time[static_cast<std::size_t>(at.dose[l])].v[l] - plan.dose_time[d].v[l];
        given.v[l] = plan.amount[d].v[l];
      }
      const R u = since_last + R(load(earlier));
      R sum(0.0);
      for (std::size_t j = 0; j < nm; ++j)
        sum = sum + pulse(modes.rate[j], modes.amplitude[j], duration_of<R>(p, plan, d), u);
      c = c + R(load(given)) * sum;
    }
    return c;
  }
  /// Duration of dose d, or the class's own parameter.
  template <class R>
  static R duration_of(const Parameters<M, R>& p, const PkPlan& plan, std::size_t d) {
    if constexpr (timed) return p[index_of(M::parameters, "tau")];
    return R(load(plan.durations[static_cast<std::size_t>(plan.duration_of_dose[d])]));
  }

  /// visit(k, place, whether its time is its own) for every point.
  template <class Visit>
  [[gnu::always_inline]] static void for_each_place(const PkPlan& plan, const Workspace& workspace,
                                                    Visit visit) {
    for_each_timed<lagged>(
        plan, workspace, [&](std::size_t k, const ModalPlace& at) __attribute__((always_inline)) {
          visit(k, at, std::true_type{});
        });
    for_each_node(
        plan, workspace, [&](std::size_t k, const ModalPlace& at) __attribute__((always_inline)) {
          visit(k, at, std::false_type{});
        });
  }

  /// The dose before dose d, an infusion, at dose d.
  struct Residue {
    Batch gap;
    std::array<Pulse, nm> pulse;
    Residue(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t, std::size_t d)
        : gap(load(plan.offsets[static_cast<std::size_t>(plan.gap_of_dose[d])])) {
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion given = t.infusion(row_of(plan, d - 1), j);
        const Batch time = pulse_time(given.T, gap);
        pulse[j] = pulse_at(modes.rate[j], given, gap, time, exp(-(modes.rate[j] * time)));
      }
    }
  };
  /// Whether what dose d - 1 leaves at dose d is, a unit each, what dose d leaves at the next.
  static bool same_residue(const PkPlan& plan, std::size_t d) {
    return plan.gap_of_dose[d] == plan.gap_of_dose[d + 1] && row_of(plan, d - 1) == row_of(plan, d);
  }

  static void fill_tables(const PkPlan& plan, const Parameters<M, Batch>& p, const Modes<Batch, nm>& modes,
                          const Tables& t) {
    fill_decays<nm>(plan, modes.rate, t.E);
    if (!infusing(plan)) return fill_boluses(plan, modes, t);
    for (std::size_t k = 0; k < (timed ? 1 : plan.durations.size()); ++k) {
      Batch T = load(plan.durations[k]);
      if constexpr (timed) T = p[index_of(M::parameters, "tau")];
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion given = infusion(modes.rate[j], T);
        Lanes* row = t.infusions + k * Tables::infusion_row + j * Infusion::size;
        store(row[0], given.T), store(row[1], given.decay);
        store(row[2], given.mean.value), store(row[3], given.mean.slope);
      }
    }
    fill_infusions(plan, modes, t);
  }
  static void fill_boluses(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t) {
    for (std::size_t j = 0; j < nm; ++j) {
      Batch s(0.0);
      for (std::size_t d = 0; d < plan.doses; ++d) {
        s = s * load(t.E[static_cast<std::size_t>(plan.gap_of_dose[d]) * nm + j]) +
            load(plan.amount[d]) * modes.amplitude[j];
        if (plan.steady_interval > 0) s = s * steady_factor(plan, modes.rate[j]);
        store(t.S[d * nm + j], s);
      }
    }
  }
  static void fill_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t) {
    if (plan.steady_interval > 0) {
      const Batch interval(plan.steady_interval);
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion given = t.infusion(row_of(plan, 0), j);
        store(t.S[j], load(plan.amount[0]) * pulse(modes.rate[j], modes.amplitude[j], given.T, interval) *
                          steady_factor(plan, modes.rate[j]));
      }
      return;
    }
    for (std::size_t j = 0; j < nm; ++j) store(t.S[j], Batch(0.0));
    for (std::size_t d = 1; d < plan.doses;) {
      const Residue left(plan, modes, t, d);
      bool same = true;
      for (; same && d < plan.doses; ++d) {
        for (std::size_t j = 0; j < nm; ++j)
          store(t.S[d * nm + j], load(t.S[(d - 1) * nm + j]) *
                                         load(t.E[static_cast<std::size_t>(plan.gap_of_dose[d]) * nm + j]) +
                                     load(plan.amount[d - 1]) * (modes.amplitude[j] * left.pulse[j].value));
        same = d + 1 < plan.doses && same_residue(plan, d);
      }
    }
  }
  /// The geometric series of all doses before.
  static Batch steady_factor(const PkPlan& plan, const Batch& rate) {
    return reciprocal(Batch(1.0) - exp(-(rate * Batch(plan.steady_interval))));
  }

  /// exp(-rate u) of a bolus: from the table, or made once and kept.
  [[gnu::always_inline]] static Row decay(const Tables& t, const Modes<Batch, nm>& modes, std::size_t k,
                                          const ModalPlace& at) {
    if (at.offset >= 0 || at.like != k) return load_all<nm>(kept_decay(t, at));
    Row e;
    for (std::size_t j = 0; j < nm; ++j) {
      e[j] = exp(-(modes.rate[j] * at.since));
      store(t.points[k * nm + j], e[j]);
    }
    return e;
  }
  [[gnu::always_inline]] static const Lanes* kept_decay(const Tables& t, const ModalPlace& at) {
    return at.offset >= 0 ? t.E + static_cast<std::size_t>(at.offset) * nm : t.points + at.like * nm;
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    const NoDenormals guard;
    if (plan.doses == 0) {
      std::fill_n(C, plan.points.size(), Lanes{});
      return;
    }
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    expects(lagged || timed || plan.own.panels == 0, "own panels: a class with a lag or a modelled duration");
    if constexpr (lagged) find_places(plan, lag_of(p), workspace);
    const Batch* duration = nullptr;
    if constexpr (timed) duration = &p[index_of(M::parameters, "tau")];
    cut_panels(plan, lag_of(p), duration, workspace, C);
    if (overlapping(plan, p)) {
      for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto own_time) {
        store(C[k], superposed<own_time.value>(plan, p, modes, at));
      });
      return;
    }
    const Tables t(plan, room(workspace.pk, Tables::size(plan)));
    fill_tables(plan, p, modes, t);
    if (infusing(plan)) return add_infusions(plan, modes, t, workspace, C);
    if constexpr (!lagged)
      if (plan.grouped) return superpose_groups<nm>(plan, t.E, t.S, C);
    for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto) {
      const Row e = decay(t, modes, k, at);
      Batch c(0.0);
      for (std::size_t j = 0; j < nm; ++j) c += gather_dose(t.S, nm, j, at) * e[j];
      store(C[k], c);
    });
  }
  static void add_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                            const Workspace& workspace, Lanes* C) {
    for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto) {
      const InfusionsAt given(plan, t, at);
      const Batch amount = gather_dose(plan.amount.data(), 1, 0, at);
      Batch c(0.0);
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion infusion = given(j);
        const Batch time = pulse_time(infusion.T, at.since);
        Batch e;
        if (timed &&
            at.like != k) {  // with durations of their own, like panels may lie under other infusions
          e = load(t.points[at.like * nm + j]);
        } else {
          e = exp(-(modes.rate[j] * time));
          store(t.points[k * nm + j], e);
        }
        const Pulse pulse = pulse_at(modes.rate[j], infusion, at.since, time, e);
        c += gather_dose(t.S, nm, j, at) * pulse.decay + amount * (modes.amplitude[j] * pulse.value);
      }
      store(C[k], c);
    });
  }

  /// Adjoints of the modes, of the lag and of the class's own duration.
  struct Sums {
    Row rate{}, amplitude{};
    Batch lag{0.0}, duration{0.0};
    /// A unit pulse through mode j, and what was there before it (`residue`), `u` hours ago.
    [[gnu::always_inline]] void add_pulse(std::size_t j, const Batch& weight, const Batch& amplitude_j,
                                          const Pulse& unit) {
      amplitude[j] += weight * unit.value;
      rate[j] += weight * amplitude_j * unit.by_rate;
      if constexpr (timed) duration += weight * amplitude_j * unit.by_duration;
    }
  };

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    const NoDenormals guard;
    if (plan.doses == 0) return;
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    if (overlapping(plan, p)) return pull_back_forward(plan, parameters, workspace, adjoint, gradient);
    const Tables t(plan, workspace.pk.data());
    Sums sums;
    if (lagged || infusing(plan) || !plan.grouped) {
      std::fill_n(t.S_bar, plan.doses * nm, Lanes{});
      if (infusing(plan))
        reverse_infusions(plan, modes, t, workspace, adjoint, sums);
      else
        reverse_boluses(plan, modes, t, workspace, adjoint, sums);
      reverse_doses(plan, modes, t, sums);
    } else {
      const auto by = reverse_groups<nm>(plan, t.E, t.S, adjoint);
      sums.rate = by.rate, sums.amplitude = by.amplitude;
    }
    if (lagged && plan.own.panels > 0) sums.lag += load(adjoint[plan.own.lag()]);
    add_gradient(parameters, sums, gradient);
  }
  static void add_gradient(const Lanes* parameters, const Sums& sums, Lanes* gradient) {
    const auto modes = M::modes(variables<D, np>(parameters));
    std::array<Batch, np> direct{};
    for (std::size_t j = 0; j < nm; ++j)
      for (std::size_t i = 0; i < np; ++i)
        direct[i] += sums.rate[j] * modes.rate[j].d[i] + sums.amplitude[j] * modes.amplitude[j].d[i];
    if constexpr (lagged) direct[index_of(M::parameters, "Tlag")] += sums.lag;
    if constexpr (timed) direct[index_of(M::parameters, "tau")] += sums.duration;
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], direct[i]);
  }
  /// Infusions that overlap: forward mode through the plain sum.
  static void pull_back_forward(const PkPlan& plan, const Lanes* parameters, const Workspace& workspace,
                                const Lanes* adjoint, Lanes* gradient) {
    const auto p = variables<D, np>(parameters);
    const auto modes = M::modes(p);
    std::array<Batch, np> direct{};
    for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto own_time) {
      const D c = superposed<own_time.value>(plan, p, modes, at);
      for (std::size_t i = 0; i < np; ++i) direct[i] += load(adjoint[k]) * c.d[i];
    });
    if constexpr (lagged)
      if (plan.own.panels > 0) direct[index_of(M::parameters, "Tlag")] += load(adjoint[plan.own.lag()]);
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], direct[i]);
  }

  static void reverse_boluses(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                              const Workspace& workspace, const Lanes* adjoint, Sums& sums) {
    for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto own_time) {
      const Batch a = load(adjoint[k]);
      const Lanes* e = kept_decay(t, at);
      for (std::size_t j = 0; j < nm; ++j) {
        const Batch ae = a * load(e[j]), slope = ae * gather_dose(t.S, nm, j, at);
        scatter_dose(t.S_bar, nm, j, at, ae);
        sums.rate[j] = sums.rate[j] - slope * at.since;
        if constexpr (lagged && own_time.value) sums.lag += slope * modes.rate[j];
      }
    });
  }
  static void reverse_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                                const Workspace& workspace, const Lanes* adjoint, Sums& sums) {
    for_each_place(plan, workspace, [&](std::size_t k, const ModalPlace& at, auto own_time) {
      const InfusionsAt given(plan, t, at);
      const Batch a = load(adjoint[k]), weight = a * gather_dose(plan.amount.data(), 1, 0, at);
      const std::size_t kept = timed ? at.like : k;
      for (std::size_t j = 0; j < nm; ++j) {
        const Infusion infusion = given(j);
        const Batch time = pulse_time(infusion.T, at.since);
        const Pulse pulse = pulse_at(modes.rate[j], infusion, at.since, time, load(t.points[kept * nm + j]));
        const Batch ae = a * pulse.decay, slope = ae * gather_dose(t.S, nm, j, at);
        scatter_dose(t.S_bar, nm, j, at, ae);
        sums.rate[j] = sums.rate[j] - slope * at.since;
        sums.add_pulse(j, weight, modes.amplitude[j], pulse);
        if constexpr (lagged && own_time.value)
          sums.lag += slope * modes.rate[j] - weight * (modes.amplitude[j] * pulse.by_time);
      }
    });
  }

  static void reverse_doses(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t, Sums& sums) {
    if (!infusing(plan))
      for (std::size_t d = plan.doses; d-- > 0;) {
        for (std::size_t j = 0; j < nm; ++j)
          sums.amplitude[j] += load(t.S_bar[d * nm + j]) * load(plan.amount[d]);
        if (d > 0) carry_back(plan, t, d, sums);
      }
    else
      for (std::size_t d = plan.doses; d-- > 1;) {
        const Residue left(plan, modes, t, d);
        for (bool same = true; same;) {
          for (std::size_t j = 0; j < nm; ++j)
            sums.add_pulse(j, load(t.S_bar[d * nm + j]) * load(plan.amount[d - 1]), modes.amplitude[j],
                           left.pulse[j]);
          carry_back(plan, t, d, sums);
          same = d > 1 && same_residue(plan, d - 1);
          if (same) --d;
        }
      }
  }
  /// From the modes after dose d to those after the dose before.
  static void carry_back(const PkPlan& plan, const Tables& t, std::size_t d, Sums& sums) {
    const auto gap = static_cast<std::size_t>(plan.gap_of_dose[d]);
    const Batch since = load(plan.offsets[gap]);
    for (std::size_t j = 0; j < nm; ++j) {
      const Batch carried = load(t.S_bar[d * nm + j]) * load(t.E[gap * nm + j]);
      accumulate(t.S_bar[(d - 1) * nm + j], carried);
      sums.rate[j] = sums.rate[j] - carried * load(t.S[(d - 1) * nm + j]) * since;
    }
  }
};

}  // namespace qdose::QDOSE_ISA
