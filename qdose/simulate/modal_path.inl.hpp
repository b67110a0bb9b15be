// Linear PK classes by modal superposition: C(t) = sum_j S_j[d] exp(-rate_j u), u hours after dose d, with
// the amplitudes S_j[d] carried from dose to dose; gradients by the reverse of the same recursion.
#pragma once
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/models/definition.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/modal_groups.inl.hpp"
#include "qdose/simulate/own_panels.hpp"
#include "qdose/simulate/pulse.inl.hpp"
#include "qdose/simulate/relaxation.hpp"

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
  static constexpr bool own_panels = lagged || timed;  ///< PD panels may be cut at its own times
  using Row = std::array<Batch, nm>;

  template <class R>
  static R lag_of(const Parameters<M, R>& p) {
    if constexpr (lagged) return p[index_of(M::parameters, "Tlag")];
    return R(0.0);
  }
  /// Where the tables lie in the scratch memory. S[d][j] is mode j just after dose d; while some dose is an
  /// infusion it leaves dose d itself out, whose pulse is then added point by point.
  struct Tables {
    std::size_t doses, offsets;
    Lanes *E, *S;  // [offsets][nm], [doses][nm]
    Tables(const PkPlan& plan, Lanes* memory)
        : doses(plan.doses), offsets(plan.offsets.size()), E(memory), S(E + offsets * nm) {}
    static std::size_t size(const PkPlan& plan) { return nm * (plan.offsets.size() + plan.doses); }
  };

  /// The state around one point: which dose each lane looks back to, and how long ago it was.
  struct Place {
    std::int32_t dose[lanes];
    bool uniform;
    Lanes since;          // only for lagged classes and nodes of their own
    std::int32_t offset;  // else: its exponentials are in the table; -1: use `since`
    bool in_table() const { return !lagged && offset >= 0; }
  };

  static Place place(const PkPlan& plan, const PkPoint& point, const Batch& lag) {
    Place at;
    at.uniform = point.uniform;
    at.offset = point.offset;
    for (std::size_t l = 0; l < lanes; ++l) at.dose[l] = point.dose[l];
    if constexpr (lagged) {
      at.uniform = false;
      for (std::size_t l = 0; l < lanes; ++l) {
        std::int32_t d = point.dose[l];
        if (d < 0) continue;
        double time = plan.dose_time[d].v[l] + plan.offsets[point.offset].v[l] - lag.lane(l);
        if (plan.steady_interval > 0)
          while (time <= 0) time += plan.steady_interval;
        while (d >= 0 && plan.dose_time[d].v[l] >= time) --d;
        at.dose[l] = d;
        at.since.v[l] = d < 0 ? 0.0 : time - plan.dose_time[d].v[l];
      }
    }
    return at;
  }

  /// A node of a panel cut in this evaluation: `share` of the panel's length after its begin.
  static Place place(const OwnPanel& panel, double share) {
    Place at;
    at.uniform = false;
    at.offset = -1;
    for (std::size_t l = 0; l < lanes; ++l) {
      at.dose[l] = panel.dose[l];
      at.since.v[l] = panel.since.v[l] + share * panel.length.v[l];
    }
    return at;
  }

  /// visit(k, place) for every point of the plan, those of the panels of its own included.
  template <class Visit>
  static void for_each_place(const PkPlan& plan, const Batch& lag, const Workspace& workspace, Visit visit) {
    for (std::size_t k = 0; k < plan.timed_points(); ++k) visit(k, place(plan, plan.points[k], lag));
    if (plan.own.panels == 0) return;
    std::size_t k = plan.own.node0;
    const int n = plan.own.resolution.nodes;
    for (const OwnPanel& panel : workspace.panels)
      for (int i = 0; i < n; ++i)
        visit(k++, place(panel, n == 3 ? gauss_nodes<3>[static_cast<std::size_t>(i)]
                                       : gauss_nodes<4>[static_cast<std::size_t>(i)]));
  }

  /// Cuts the panels of this evaluation and notes their lengths behind their nodes.
  static void cut_panels(const PkPlan& plan, const Parameters<M, Batch>& p, Workspace& workspace, Lanes* C) {
    if (plan.own.panels == 0) return;
    expects(own_panels, "panels of its own only for a class with a lag or a modelled duration");
    Lanes lag, duration;
    store(lag, lag_of(p));
    if constexpr (timed) store(duration, p[index_of(M::parameters, "tau")]);
    cut_own_panels(plan, lag, timed ? &duration : nullptr, workspace.panels);
    C[plan.own.lag()] = {};
    C += plan.own.length0();
    for (const OwnPanel& panel : workspace.panels) *C++ = panel.length;
  }

  /// Row j of a [doses][stride] table, taken per lane; 0 before the first dose.
  [[gnu::always_inline]] static Batch gather(const Lanes* table, std::size_t stride, std::size_t j,
                                             const Place& at) {
    if (at.uniform) return at.dose[0] < 0 ? Batch(0.0) : load(table[at.dose[0] * stride + j]);
    return QDOSE_ISA::gather(table + j, LanePlaces(at.dose, stride));
  }
  [[gnu::always_inline]] static void scatter(Lanes* table, std::size_t stride, std::size_t j, const Place& at,
                                             const Batch& x) {
    if (at.uniform) {
      if (at.dose[0] >= 0) accumulate(table[at.dose[0] * stride + j], x);
      return;
    }
    scatter_add(table + j, LanePlaces(at.dose, stride), x);
  }

  static bool infusing(const PkPlan& plan) { return timed || plan.has_infusions; }

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
  /// Concentration at a place as the plain sum over all doses that have arrived.
  template <class R>
  static R superposed(const PkPlan& plan, const Parameters<M, R>& p, const Modes<R, nm>& modes,
                      const Place& at) {
    const R since_last = last_dose<R>(plan, p, at).since;
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
    return R(load(plan.durations[plan.duration_of_dose[d]]));
  }

  /// The dose that each lane looks back to: its amount, duration, and the time since (a lag makes it a dual
  /// number).
  template <class R>
  struct LastDose {
    Batch amount;
    R duration, since;
  };
  template <class R>
  static LastDose<R> last_dose(const PkPlan& plan, const Parameters<M, R>& p, const Place& at) {
    Lanes T;
    for (std::size_t l = 0; l < lanes; ++l)
      T.v[l] = at.dose[l] < 0 ? 0.0 : plan.durations[plan.duration_of_dose[at.dose[l]]].v[l];
    LastDose<R> r{gather(plan.amount.data(), 1, 0, at), R(load(T)), R(0.0)};
    if constexpr (timed) r.duration = p[index_of(M::parameters, "tau")];
    if constexpr (lagged) {
      const R lag = lag_of(p);
      r.since = at.offset < 0 ? R(load(at.since)) : R(load(at.since) + value_of(lag)) - lag;
    } else {
      r.since = R(load(at.in_table() ? plan.offsets[at.offset] : at.since));
    }
    return r;
  }

  static void fill_tables(const PkPlan& plan, const Parameters<M, Batch>& p, const Modes<Batch, nm>& modes,
                          Tables& t) {
    fill_decays<nm>(plan, modes.rate, t.E);
    const bool pulses = infusing(plan);
    const Batch interval(plan.steady_interval);
    for (std::size_t j = 0; j < nm; ++j) {
      Batch s(0.0);
      for (std::size_t d = 0; d < t.doses; ++d) {
        s = s * load(t.E[plan.gap_of_dose[d] * nm + j]);
        if (!pulses) s += load(plan.amount[d]) * modes.amplitude[j];
        if (pulses && d > 0) s += load(plan.amount[d - 1]) * pulse_to_next(plan, p, modes, d, j);
        if (plan.steady_interval > 0) {  // the geometric series of all doses before
          if (pulses)
            s = load(plan.amount[d]) *
                pulse(modes.rate[j], modes.amplitude[j], duration_of<Batch>(p, plan, d), interval);
          s = s / (Batch(1.0) - exp(-(modes.rate[j] * interval)));
        }
        store(t.S[d * nm + j], s);
      }
    }
  }

  /// Mode j of a unit of dose d - 1 when dose d comes.
  template <class R>
  static R pulse_to_next(const PkPlan& plan, const Parameters<M, R>& p, const Modes<R, nm>& modes,
                         std::size_t d, std::size_t j) {
    const R gap(load(plan.offsets[plan.gap_of_dose[d]]));
    return pulse(modes.rate[j], modes.amplitude[j], duration_of<R>(p, plan, d - 1), gap);
  }

  static Row decay(const Tables& t, const Modes<Batch, nm>& modes, const Place& at) {
    Row e;
    for (std::size_t j = 0; j < nm; ++j) {
      if (at.in_table())
        e[j] = load(t.E[at.offset * nm + j]);
      else
        e[j] = exp(-(modes.rate[j] * load(at.since)));
    }
    return e;
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    const NoDenormals guard;
    if (plan.doses == 0) {
      for (std::size_t k = 0; k < plan.points.size(); ++k) store(C[k], Batch(0.0));
      return;
    }
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    cut_panels(plan, p, workspace, C);
    if (overlapping(plan, p)) {
      for_each_place(plan, lag_of(p), workspace,
                     [&](std::size_t k, const Place& at) { store(C[k], superposed(plan, p, modes, at)); });
      return;
    }
    Tables t(plan, room(workspace.pk, 2 * Tables::size(plan)));
    fill_tables(plan, p, modes, t);
    const bool pulses = infusing(plan);
    if constexpr (!lagged && !timed)
      if (plan.grouped && !pulses) return superpose_groups<nm>(plan, t.E, t.S, C);
    for_each_place(plan, lag_of(p), workspace, [&](std::size_t k, const Place& at) {
      const Row e = decay(t, modes, at);
      Batch c(0.0);
      for (std::size_t j = 0; j < nm; ++j) c += gather(t.S, nm, j, at) * e[j];
      if (pulses) {
        const auto last = last_dose<Batch>(plan, p, at);
        for (std::size_t j = 0; j < nm; ++j)
          c += last.amount * pulse(modes.rate[j], modes.amplitude[j], last.duration, last.since);
      }
      store(C[k], c);
    });
  }

  using D = Dual<Batch, np>;
  /// What the pull-back gathers: adjoints of the modes, and the gradient itself for what is differentiated
  /// forward.
  struct Sums {
    Row rate{}, amplitude{};
    Batch lag{0.0};
    std::array<Batch, np> direct{};
    /// A pulse of fixed times through mode j.
    void add_pulse(std::size_t j, const Batch& weight, const Batch& amplitude_j, const PulseSlope& unit) {
      amplitude[j] += weight * unit.value;
      rate[j] += weight * amplitude_j * unit.by_rate;
    }
    void add(const Batch& weight, const D& x) {
      for (std::size_t i = 0; i < np; ++i) direct[i] += weight * x.d[i];
    }
  };

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    const NoDenormals guard;
    if (plan.doses == 0) return;
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    const auto dual_p = variables<D, np>(parameters);
    const auto dual_modes = M::modes(dual_p);
    Sums sums;
    if (overlapping(plan, p)) {
      for_each_place(plan, lag_of(p), workspace, [&](std::size_t k, const Place& at) {
        sums.add(load(adjoint[k]), superposed(plan, dual_p, dual_modes, at));
      });
      if constexpr (lagged)
        if (plan.own.panels > 0) sums.add(load(adjoint[plan.own.lag()]), lag_of(dual_p));
      for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], sums.direct[i]);
      return;
    }
    const std::size_t size = Tables::size(plan);
    Tables t(plan, workspace.pk.data()), bar(plan, workspace.pk.data() + size);
    const bool pulses = infusing(plan);
    if constexpr (!lagged && !timed)
      if (plan.grouped && !pulses) {
        const auto by = reverse_groups<nm>(plan, t.E, t.S, adjoint);
        for (std::size_t j = 0; j < nm; ++j) {
          sums.add(by.rate[j], dual_modes.rate[j]);
          sums.add(by.amplitude[j], dual_modes.amplitude[j]);
        }
        for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], sums.direct[i]);
        return;
      }
    for (std::size_t i = 0; i < t.doses * nm; ++i) store(bar.S[i], Batch(0.0));
    for_each_place(plan, lag_of(p), workspace, [&](std::size_t k, const Place& at) {
      const Batch a = load(adjoint[k]);
      const Row e = decay(t, modes, at);
      if (pulses) pull_back_pulse(plan, p, modes, dual_p, dual_modes, at, a, sums);
      const Batch since = load(at.in_table() ? plan.offsets[at.offset] : at.since);
      for (std::size_t j = 0; j < nm; ++j) {
        const Batch ae = a * e[j], slope = ae * gather(t.S, nm, j, at);
        scatter(bar.S, nm, j, at, ae);
        sums.rate[j] = sums.rate[j] - slope * since;
        if (lagged && at.offset >= 0) sums.lag += slope * modes.rate[j];
      }
    });
    reverse_doses(plan, modes, dual_p, dual_modes, t, bar, sums);
    for (std::size_t j = 0; j < nm; ++j) {
      sums.add(sums.rate[j], dual_modes.rate[j]);
      sums.add(sums.amplitude[j], dual_modes.amplitude[j]);
    }
    if constexpr (lagged) {
      if (plan.own.panels > 0) sums.lag += load(adjoint[plan.own.lag()]);
      sums.add(sums.lag, lag_of(dual_p));
    }
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], sums.direct[i]);
  }

  /// Where a lag or a duration is a parameter of the class, the pulse is differentiated forward.
  static void pull_back_pulse(const PkPlan& plan, const Parameters<M, Batch>& p,
                              const Modes<Batch, nm>& modes, const Parameters<M, D>& dual_p,
                              const Modes<D, nm>& dual_modes, const Place& at, const Batch& a, Sums& sums) {
    if constexpr (lagged || timed) {
      const auto last = last_dose<D>(plan, dual_p, at);
      for (std::size_t j = 0; j < nm; ++j)
        sums.add(a * last.amount,
                 pulse(dual_modes.rate[j], dual_modes.amplitude[j], last.duration, last.since));
    } else {
      const auto last = last_dose<Batch>(plan, p, at);
      for (std::size_t j = 0; j < nm; ++j)
        sums.add_pulse(j, a * last.amount, modes.amplitude[j],
                       pulse_slope(modes.rate[j], last.duration, last.since));
    }
  }

  static void reverse_doses(const PkPlan& plan, const Modes<Batch, nm>& modes, const Parameters<M, D>& dual_p,
                            const Modes<D, nm>& dual_modes, const Tables& t, Tables& bar, Sums& sums) {
    const bool pulses = infusing(plan);
    for (std::size_t d = t.doses; d-- > 0;)
      for (std::size_t j = 0; j < nm; ++j) {
        const Batch s_bar = load(bar.S[d * nm + j]);
        if (!pulses) sums.amplitude[j] += s_bar * load(plan.amount[d]);
        if (d == 0) continue;
        const Batch before = s_bar * load(plan.amount[d - 1]), gap = load(plan.offsets[plan.gap_of_dose[d]]);
        if constexpr (lagged || timed) {
          if (pulses) sums.add(before, pulse_to_next(plan, dual_p, dual_modes, d, j));
        } else if (pulses) {
          const Batch T = load(plan.durations[plan.duration_of_dose[d - 1]]);
          sums.add_pulse(j, before, modes.amplitude[j], pulse_slope(modes.rate[j], T, gap));
        }
        const Batch carried = s_bar * load(t.E[plan.gap_of_dose[d] * nm + j]);
        accumulate(bar.S[(d - 1) * nm + j], carried);
        sums.rate[j] = sums.rate[j] - carried * load(t.S[(d - 1) * nm + j]) * gap;
      }
  }
};

}  // namespace qdose::QDOSE_ISA
