// Linear PK classes by modal superposition: C(t) = sum_j S_j[d] exp(-rate_j u), u hours after dose d, with
// the amplitudes S_j[d] carried from dose to dose; gradients by the reverse of the same recursion.
#pragma once
#include <cmath>

#include "qdose/models/definition.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

template <class M>
concept HasModes = requires(Parameters<M, double> p) {
  M::modes(p);
};

/// A zero-order input of amount 1 over T h, seen through one mode: after its end it equals a bolus `gain` at
/// its start; during it the mode holds level (1 - exp(-rate u)). T = 0 is a bolus: gain = amplitude, level =
/// 0.
template <class R>
struct Input {
  R gain, level;
};

template <class R>
[[gnu::always_inline]] inline Input<R> input_of(const R& rate, const R& amplitude, const R& T) {
  const auto bolus = T < R(1e-9);
  const R z = rate * select(bolus, R(1.0), T);
  const R ratio = select(z < R(1e-5), R(1.0) + R(0.5) * z, (exp(z) - R(1.0)) / z);
  return {select(bolus, amplitude, amplitude * ratio), select(bolus, R(0.0), amplitude / z)};
}

template <class M>
struct ModalPath {
  static constexpr std::size_t np = M::parameters.size();
  static constexpr std::size_t nm = decltype(M::modes(Parameters<M, double>{}).rate){}.size();
  static constexpr bool lagged = has_symbol(M::parameters, "Tlag"), timed = has_symbol(M::parameters, "tau");
  using Row = std::array<Batch, nm>;

  template <class R>
  static R lag_of(const Parameters<M, R>& p) {
    if constexpr (lagged) return p[index_of(M::parameters, "Tlag")];
    return R(0.0);
  }
  /// Duration k of the plan, or the class's own parameter.
  template <class R>
  static R duration_of(const Parameters<M, R>& p, const PkPlan& plan, std::size_t k) {
    if constexpr (timed) return p[index_of(M::parameters, "tau")];
    return R(load(plan.durations[k]));
  }

  /// Where the tables lie in the scratch memory, and the numbers that go with them.
  struct Tables {
    std::size_t doses, offsets, durations;
    Lanes *E, *S, *gain, *level;  // [offsets][nm], [doses][nm], [durations][nm], [durations][nm]
    Tables(const PkPlan& plan, Lanes* memory)
        : doses(plan.doses),
          offsets(plan.offsets.size()),
          durations(plan.durations.size()),
          E(memory),
          S(E + offsets * nm),
          gain(S + doses * nm),
          level(gain + durations * nm) {}
    static std::size_t size(const PkPlan& plan) {
      return nm * (plan.offsets.size() + plan.doses + 2 * plan.durations.size());
    }
  };

  /// The state around one point: which dose each lane looks back to, and how long ago it was.
  struct Place {
    std::int32_t dose[lanes];
    bool uniform;
    Lanes since;          // only for lagged classes
    std::int32_t offset;  // else: its exponentials are in the table
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

  /// Row j of a [doses][stride] table, taken per lane; 0 before the first dose.
  [[gnu::always_inline]] static Batch gather(const Lanes* table, std::size_t stride, std::size_t j,
                                             const Place& at) {
    if (at.uniform) return at.dose[0] < 0 ? Batch(0.0) : load(table[at.dose[0] * stride + j]);
    Lanes r;
    for (std::size_t l = 0; l < lanes; ++l)
      r.v[l] = at.dose[l] < 0 ? 0.0 : table[at.dose[l] * stride + j].v[l];
    return load(r);
  }
  [[gnu::always_inline]] static void scatter(Lanes* table, std::size_t stride, std::size_t j, const Place& at,
                                             const Batch& x) {
    if (at.uniform) {
      if (at.dose[0] >= 0) accumulate(table[at.dose[0] * stride + j], x);
      return;
    }
    Lanes m;
    store(m, x);
    for (std::size_t l = 0; l < lanes; ++l)
      if (at.dose[l] >= 0) table[at.dose[l] * stride + j].v[l] += m.v[l];
  }

  /// Index of the input table and 1 where the point lies within the infusion of its dose, else 0.
  struct During {
    std::int32_t duration;
    Batch inside, amount;
  };
  static bool any_infusion(const PkPlan& plan) { return timed || plan.has_infusions; }
  static std::int32_t input_index(const PkPlan& plan, std::int32_t dose) {
    return timed || dose < 0 ? 0 : plan.duration_of_dose[dose];
  }

  /// Durations differ between lanes only through the dose index; a lane whose last dose has another table row
  /// than lane 0 reads its own row.
  static During during(const PkPlan& plan, const Parameters<M, Batch>& p, const Place& at) {
    During r;
    r.amount = gather(plan.amount.data(), 1, 0, at);
    const Batch since = lagged ? load(at.since) : load(plan.offsets[at.offset]);
    Lanes T;
    for (std::size_t l = 0; l < lanes; ++l)
      T.v[l] = timed ? 0.0 : at.dose[l] < 0 ? 0.0 : plan.durations[plan.duration_of_dose[at.dose[l]]].v[l];
    Batch duration = load(T);
    if constexpr (timed) duration = p[index_of(M::parameters, "tau")];
    r.inside = select(since < duration, Batch(1.0), Batch(0.0));
    r.duration = 0;
    return r;
  }
  [[gnu::always_inline]] static Batch gather_input(const Lanes* table, const PkPlan& plan, std::size_t j,
                                                   const Place& at) {
    Lanes r;
    for (std::size_t l = 0; l < lanes; ++l)
      r.v[l] = at.dose[l] < 0 ? 0.0 : table[input_index(plan, at.dose[l]) * nm + j].v[l];
    return load(r);
  }
  [[gnu::always_inline]] static void scatter_input(Lanes* table, const PkPlan& plan, std::size_t j,
                                                   const Place& at, const Batch& x) {
    Lanes m;
    store(m, x);
    for (std::size_t l = 0; l < lanes; ++l)
      if (at.dose[l] >= 0) table[input_index(plan, at.dose[l]) * nm + j].v[l] += m.v[l];
  }

  static void fill_tables(const PkPlan& plan, const Parameters<M, Batch>& p, const Modes<Batch, nm>& modes,
                          Tables& t) {
    for (std::size_t o = 0; o < t.offsets; ++o) {
      const Batch u = load(plan.offsets[o]);
      for (std::size_t j = 0; j < nm; ++j) store(t.E[o * nm + j], exp(-(modes.rate[j] * u)));
    }
    for (std::size_t k = 0; k < t.durations; ++k)
      for (std::size_t j = 0; j < nm; ++j) {
        const Input<Batch> in = input_of(modes.rate[j], modes.amplitude[j], duration_of(p, plan, k));
        store(t.gain[k * nm + j], in.gain);
        store(t.level[k * nm + j], in.level);
      }
    for (std::size_t j = 0; j < nm; ++j) {
      Batch s(0.0);
      for (std::size_t d = 0; d < t.doses; ++d) {
        s = s * load(t.E[plan.gap_of_dose[d] * nm + j]) +
            load(plan.amount[d]) * load(t.gain[input_index(plan, static_cast<std::int32_t>(d)) * nm + j]);
        if (plan.steady_interval > 0)
          s = s / (Batch(1.0) - exp(-(modes.rate[j] * Batch(plan.steady_interval))));
        store(t.S[d * nm + j], s);
      }
    }
  }

  static Row decay(const Tables& t, const Modes<Batch, nm>& modes, const Place& at) {
    Row e;
    for (std::size_t j = 0; j < nm; ++j) {
      if constexpr (lagged)
        e[j] = exp(-(modes.rate[j] * load(at.since)));
      else
        e[j] = load(t.E[at.offset * nm + j]);
    }
    return e;
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    Tables t(plan, room(workspace.pk, 2 * Tables::size(plan)));
    fill_tables(plan, p, modes, t);
    const bool infusing = any_infusion(plan);
    for (std::size_t k = 0; k < plan.points.size(); ++k) {
      const Place at = place(plan, plan.points[k], lag_of(p));
      const Row e = decay(t, modes, at);
      Batch c(0.0);
      for (std::size_t j = 0; j < nm; ++j) c += gather(t.S, nm, j, at) * e[j];
      if (infusing) {
        const During now = during(plan, p, at);
        for (std::size_t j = 0; j < nm; ++j) {
          const Batch gain = gather_input(t.gain, plan, j, at), level = gather_input(t.level, plan, j, at);
          c += now.inside * (now.amount * (level * (Batch(1.0) - e[j]) - gain * e[j]));
        }
      }
      store(C[k], c);
    }
  }

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    const auto p = load_all<np>(parameters);
    const auto modes = M::modes(p);
    const std::size_t size = Tables::size(plan);
    Tables t(plan, workspace.pk.data()), bar(plan, workspace.pk.data() + size);
    for (std::size_t i = 0; i < size; ++i) store(bar.E[i], Batch(0.0));
    Row rate_bar{};
    Batch lag_bar(0.0);
    const bool infusing = any_infusion(plan);
    for (std::size_t k = 0; k < plan.points.size(); ++k) {
      const Place at = place(plan, plan.points[k], lag_of(p));
      const Batch a = load(adjoint[k]);
      const Row e = decay(t, modes, at);
      During now{};
      if (infusing) now = during(plan, p, at);
      for (std::size_t j = 0; j < nm; ++j) {
        scatter(bar.S, nm, j, at, a * e[j]);
        Batch e_bar = a * gather(t.S, nm, j, at);
        if (infusing) {
          const Batch gain = gather_input(t.gain, plan, j, at), level = gather_input(t.level, plan, j, at);
          const Batch w = a * now.inside * now.amount;
          e_bar = e_bar - w * (level + gain);
          scatter_input(bar.level, plan, j, at, w * (Batch(1.0) - e[j]));
          scatter_input(bar.gain, plan, j, at, -(w * e[j]));
        }
        if constexpr (lagged) {
          const Batch slope = e_bar * e[j];
          rate_bar[j] = rate_bar[j] - slope * load(at.since);
          lag_bar += slope * modes.rate[j];
        } else {
          accumulate(bar.E[at.offset * nm + j], e_bar);
        }
      }
    }
    reverse_doses(plan, t, bar);
    for (std::size_t o = 0; o < t.offsets; ++o)
      for (std::size_t j = 0; j < nm; ++j)
        rate_bar[j] = rate_bar[j] - load(bar.E[o * nm + j]) * load(t.E[o * nm + j]) * load(plan.offsets[o]);
    to_parameters(plan, parameters, bar, rate_bar, lag_bar, gradient);
  }

  static void reverse_doses(const PkPlan& plan, const Tables& t, Tables& bar) {
    for (std::size_t d = t.doses; d-- > 0;)
      for (std::size_t j = 0; j < nm; ++j) {
        const Batch s_bar = load(bar.S[d * nm + j]);
        accumulate(bar.gain[input_index(plan, static_cast<std::int32_t>(d)) * nm + j],
                   s_bar * load(plan.amount[d]));
        if (d == 0) continue;
        const std::size_t gap = plan.gap_of_dose[d] * nm + j;
        accumulate(bar.S[(d - 1) * nm + j], s_bar * load(t.E[gap]));
        accumulate(bar.E[gap], s_bar * load(t.S[(d - 1) * nm + j]));
      }
  }

  static void to_parameters(const PkPlan& plan, const Lanes* parameters, const Tables& bar,
                            const Row& rate_bar, const Batch& lag_bar, Lanes* gradient) {
    using D = Dual<Batch, np>;
    const auto p = variables<D, np>(parameters);
    const auto modes = M::modes(p);
    std::array<Batch, np> g{};
    const auto add = [&](const Batch& weight, const D& x) {
      for (std::size_t i = 0; i < np; ++i) g[i] += weight * x.d[i];
    };
    for (std::size_t j = 0; j < nm; ++j) {
      add(rate_bar[j], modes.rate[j]);
      for (std::size_t k = 0; k < bar.durations; ++k) {
        const Input<D> in = input_of(modes.rate[j], modes.amplitude[j], duration_of(p, plan, k));
        add(load(bar.gain[k * nm + j]), in.gain);
        add(load(bar.level[k * nm + j]), in.level);
      }
    }
    if constexpr (lagged) add(lag_bar, lag_of(p));
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], g[i]);
  }
};

}  // namespace qdose::QDOSE_ISA
