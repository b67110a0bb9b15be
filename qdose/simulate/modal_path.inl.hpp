// Linear PK classes by modal superposition: C(t) = sum_j S_j[d] exp(-rate_j u), u hours after dose d, with
// the amplitudes S_j[d] carried from dose to dose; gradients by the reverse of the same recursion.
#pragma once
#include <algorithm>

#include "qdose/models/definition.hpp"
#include "qdose/simulate/modal_groups.inl.hpp"
#include "qdose/simulate/modal_places.inl.hpp"
#include "qdose/simulate/modal_tables.inl.hpp"

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
  static bool infusing(const PkPlan& plan) { return Tables::infusing(plan); }
  using Tables = ModalTables<nm, lagged, timed>;

  /// True when an infusion of a duration of the class's own may still run at the next dose: the recursion
  /// over doses does not hold then, and every dose is added on its own.
  static bool overlapping(const PkPlan& plan, const Parameters<M, Batch>& p) {
    if constexpr (timed) {
      if (plan.steady_interval > 0) return false;
      const Batch tau = p[index_of(M::parameters, "tau")];
      for (std::size_t l = 0; l < lanes; ++l)
        if (tau.lane(l) > plan.shortest_gap) return true;
    }
    return false;
  }
  /// Concentration at a place as the plain sum over all doses that have arrived; `timed_point`: its time is
  /// its own, so that it comes earlier after a dose that arrives later.
  template <bool timed_point, class R>
  static R superposed(const PkPlan& plan, const Parameters<M, R>& p, const Modes<R, nm>& modes,
                      const ModalPlaces& at, const Batch& since) {
    R since_last(since);
    if constexpr (lagged && timed_point) {
      const R lag = lag_of(p);
      since_last = R(since + value_of(lag)) - lag;
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

  /// visit(places, whether their times are their own) for every point.
  template <class Visit>
  [[gnu::always_inline]] static void for_each_place(const PkPlan& plan, const Workspace& workspace,
                                                    Visit visit) {
    for_each_timed<lagged>(
        plan, workspace, [&](const ModalPlaces& at) __attribute__((always_inline)) {
          visit(at, std::true_type{});
        });
    for_each_panel(
        plan, workspace, [&](const ModalPlaces& at) __attribute__((always_inline)) {
          visit(at, std::false_type{});
        });
  }
  /// The exponentials of a point's modes: in the table, or kept for the reverse.
  [[gnu::always_inline]] static Lanes* kept_decay(const Tables& t, const ModalPlaces& at, std::size_t i) {
    return at.offset >= 0 ? t.E + static_cast<std::size_t>(at.offset) * nm : t.points + (at.like + i) * nm;
  }
  /// exp(-rate hours), made only once for points that are like others.
  [[gnu::always_inline]] static Row decays(const Modes<Batch, nm>& modes, const Row& hours, bool known,
                                           Lanes* kept) {
    if (known) return load_all<nm>(kept);
    Row e;
    for (std::size_t j = 0; j < nm; ++j) {
      e[j] = exp(-(modes.rate[j] * hours[j]));
      store(kept[j], e[j]);
    }
    return e;
  }
  [[gnu::always_inline]] static Row in_all_modes(const Batch& x) {
    Row row;
    for (Batch& e : row) e = x;
    return row;
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
      for_each_place(plan, workspace, [&](const ModalPlaces& at, auto own_time) {
        for (std::size_t i = 0; i < at.count; ++i) {
          const Batch& since = at.since[i];
          store(C[at.first + i], superposed<own_time.value>(plan, p, modes, at, since));
        }
      });
      return;
    }
    const Tables t(plan, room(workspace.pk, Tables::size(plan)));
    t.fill(plan, modes, duration);
    if (Tables::alike(plan)) return superpose_pulses<nm>(plan, t.E, t.S, t.pulses.sum, C);
    if (infusing(plan)) return add_infusions(plan, modes, t, workspace, C);
    if constexpr (!lagged)
      if (plan.grouped) return superpose_groups<nm>(plan, t.E, t.S, C);
    for_each_place(plan, workspace, [&](const ModalPlaces& at, auto) {
      const Row S = gather_dose<nm>(t.S, at);
      const bool known = at.offset >= 0 || at.like != at.first;
      for (std::size_t i = 0; i < at.count; ++i) {
        const Batch& since = at.since[i];
        const Row e = decays(modes, in_all_modes(since), known, kept_decay(t, at, i));
        Batch c = S[0] * e[0];
        for (std::size_t j = 1; j < nm; ++j) c += S[j] * e[j];
        store(C[at.first + i], c);
      }
    });
  }
  static void add_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                            const Workspace& workspace, Lanes* C) {
    for_each_place(plan, workspace, [&](const ModalPlaces& at, auto) {
      const Row S = gather_dose<nm>(t.S, at);
      for (std::size_t m = 0; m < Tables::streams(plan); ++m) {
        const auto given = t.infusions_at(plan, at, m);
        const Batch amount = Tables::amounts_at(plan, at, m);
        for (std::size_t i = 0; i < at.count; ++i) {
          const Batch& since = at.since[i];
          const Row hours = in_all_modes(pulse_time(given[0].T, since));
          const Row e = decays(modes, hours, exponentials_known(at), kept_exponentials(plan, t, at, i, m));
          Batch c = m == 0 ? Batch(0.0) : load(C[at.first + i]);
          for (std::size_t j = 0; j < nm; ++j) {
            const Pulse pulse = pulse_at(modes.rate[j], given[j], since, hours[j], e[j]);
            c += amount * (modes.amplitude[j] * pulse.value);
            if (m == 0) c += S[j] * pulse.decay;
          }
          store(C[at.first + i], c);
        }
      }
    });
  }
  /// Under infusions exponentials are those of the time since their ends: of no use to like points if each
  /// dose has its own duration.
  static bool exponentials_known(const ModalPlaces& at) { return timed && at.like != at.first; }
  static Lanes* kept_exponentials(const PkPlan& plan, const Tables& t, const ModalPlaces& at, std::size_t i,
                                  std::size_t stream) {
    return t.points + (((timed ? at.like : at.first) + i) * Tables::streams(plan) + stream) * nm;
  }

  /// Adjoints of the modes, of the lag and of the class's own duration.
  struct Sums {
    Row rate{}, amplitude{};
    Batch lag{0.0}, duration{0.0};
    /// A unit pulse through mode j.
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
    if (Tables::alike(plan)) {
      const auto by = reverse_pulses<nm>(plan, t.E, t.S, modes, t.pulses, adjoint);
      sums.rate = by.rate, sums.amplitude = by.amplitude;
    } else if (lagged || infusing(plan) || !plan.grouped) {
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
    for_each_place(plan, workspace, [&](const ModalPlaces& at, auto own_time) {
      for (std::size_t k = 0; k < at.count; ++k) {
        const Batch& since = at.since[k];
        const D c = superposed<own_time.value>(plan, p, modes, at, since);
        for (std::size_t i = 0; i < np; ++i) direct[i] += load(adjoint[at.first + k]) * c.d[i];
      }
    });
    if constexpr (lagged)
      if (plan.own.panels > 0) direct[index_of(M::parameters, "Tlag")] += load(adjoint[plan.own.lag()]);
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], direct[i]);
  }

  static void reverse_boluses(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                              const Workspace& workspace, const Lanes* adjoint, Sums& sums) {
    for_each_place(plan, workspace, [&](const ModalPlaces& at, auto own_time) {
      Row plain{}, delayed{};
      for (std::size_t i = 0; i < at.count; ++i) {
        const Batch& since = at.since[i];
        const Batch a = load(adjoint[at.first + i]), later = a * since;
        const Lanes* e = kept_decay(t, at, i);
        for (std::size_t j = 0; j < nm; ++j) {
          const Batch decay = load_once(e[j]);
          plain[j] += a * decay;
          delayed[j] += later * decay;
        }
      }
      const Row S = gather_dose<nm>(t.S, at);
      for (std::size_t j = 0; j < nm; ++j) {
        sums.rate[j] = sums.rate[j] - delayed[j] * S[j];
        if constexpr (lagged && own_time.value) sums.lag += plain[j] * S[j] * modes.rate[j];
      }
      scatter_dose<nm>(t.S_bar, at, plain);
    });
  }
  static void reverse_infusions(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                                const Workspace& workspace, const Lanes* adjoint, Sums& sums) {
    for_each_place(plan, workspace, [&](const ModalPlaces& at, auto own_time) {
      const Row S = gather_dose<nm>(t.S, at);
      Row S_bar{};
      for (std::size_t m = 0; m < Tables::streams(plan); ++m) {
        const auto given = t.infusions_at(plan, at, m);
        const Batch amount = Tables::amounts_at(plan, at, m);
        for (std::size_t i = 0; i < at.count; ++i) {
          const Batch &since = at.since[i], a = load(adjoint[at.first + i]), weight = a * amount,
                      time = pulse_time(given[0].T, since);
          const Lanes* e = kept_exponentials(plan, t, at, i, m);
          for (std::size_t j = 0; j < nm; ++j) {
            const Pulse pulse = pulse_at(modes.rate[j], given[j], since, time, load_once(e[j]));
            sums.add_pulse(j, weight, modes.amplitude[j], pulse);
            if constexpr (lagged && own_time.value)
              sums.lag = sums.lag - weight * (modes.amplitude[j] * pulse.by_time);
            if (m > 0) continue;
            const Batch decayed = a * pulse.decay, slope = decayed * S[j];
            S_bar[j] += decayed;
            sums.rate[j] = sums.rate[j] - slope * since;
            if constexpr (lagged && own_time.value) sums.lag += slope * modes.rate[j];
          }
        }
      }
      scatter_dose<nm>(t.S_bar, at, S_bar);
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
        const typename Tables::Residue left(plan, modes, t, d, 0);
        for (bool same = true; same;) {
          reverse_residue(plan, modes, t, left, d, 0, sums);
          for (std::size_t m = 1; m < Tables::streams(plan); ++m)
            reverse_residue(plan, modes, t, typename Tables::Residue(plan, modes, t, d, m), d, m, sums);
          carry_back(plan, t, d, sums);
          same = d > 1 && Tables::same_residue(plan, d - 1);
          if (same) --d;
        }
      }
  }
  static void reverse_residue(const PkPlan& plan, const Modes<Batch, nm>& modes, const Tables& t,
                              const typename Tables::Residue& left, std::size_t d, std::size_t stream,
                              Sums& sums) {
    const Batch amount = Tables::amount_of(plan, d - 1, stream);
    for (std::size_t j = 0; j < nm; ++j)
      sums.add_pulse(j, load(t.S_bar[d * nm + j]) * amount, modes.amplitude[j], left.pulse[j]);
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
