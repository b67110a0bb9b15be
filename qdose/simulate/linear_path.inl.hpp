// Linear PK classes that are not sums of exponentials: C(u hours after a dose) is the product of the amounts
// just after that dose with what reaches the observed state from each of them in u hours, which depends on u
// alone. Gradients by the reverse of the same; the rates' derivatives once an offset.
#pragma once
#include "qdose/simulate/advance_path.inl.hpp"
#include "qdose/simulate/modal_groups.inl.hpp"

namespace qdose::QDOSE_ISA {

/// A linear class without modes, taken apart:
///  - `rates(p)`: the rates of the exponentials that amounts are made of;
///  - `response(dt, rates, decays)`: what of a unit in each state is in `observed_state` after dt hours,
///  where `decays` are exp(-rates dt), with its derivatives by the rates (models/linear_response.hpp);
///  - `transition(dt, rates, decays)`: what of a unit in each state (second index) is in each (first).
template <class M>
concept HasResponse = requires(Parameters<M, double> p) {
  M::response(1.0, M::rates(p), M::rates(p));
  M::transition(1.0, M::rates(p), M::rates(p));
  M::observed_state;
};

template <class M>
struct LinearPath {
  static constexpr std::size_t np = M::parameters.size(), ns = M::states.size();
  static constexpr std::size_t nr = decltype(M::rates(Parameters<M, double>{})){}.size();
  template <class R>
  using Rates = std::array<R, nr>;
  template <class R>
  using Matrix = std::array<States<M, R>, ns>;

  /// What an infusion or the steady state needs is done slot by slot.
  static bool by_slots(const PkPlan& plan) { return plan.has_infusions || plan.steady_interval > 0; }

  /// In the scratch memory: exponentials of the rates [offsets][nr], what reaches the observed state
  /// [offsets][ns], amounts just after each dose [doses][ns] in units of C; the adjoints of the last two.
  struct Tables {
    std::size_t doses, offsets;
    Lanes *decays, *E, *S, *E_bar, *S_bar;
    Tables(const PkPlan& plan, Lanes* memory)
        : doses(plan.doses),
          offsets(plan.offsets.size()),
          decays(memory),
          E(decays + offsets * nr),
          S(E + offsets * ns),
          E_bar(S + doses * ns),
          S_bar(E_bar + offsets * ns) {}
    std::size_t size() const { return offsets * nr + 2 * (offsets + doses) * ns; }
  };

  /// C for a unit in the observed state.
  template <class R>
  static R per_unit(const Parameters<M, R>& p) {
    States<M, R> a;
    a.fill(R(0.0));
    a[M::observed_state] = R(1.0);
    return M::concentration(a, p);
  }
  static Matrix<Batch> transition(const PkPlan& plan, const Rates<Batch>& rates, const Tables& t,
                                  std::size_t gap) {
    return M::transition(load(plan.offsets[gap]), rates, load_all<nr>(t.decays + gap * nr));
  }
  /// After a washout nothing is left.
  static Batch if_left(const Batch& hours, const Batch& x) {
    return select(hours < Batch(part_of_washout), x, Batch(0.0));
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    if (by_slots(plan)) return AdvancePath<M>::concentrations(plan, parameters, workspace, C);
    expects(plan.own.panels == 0, "panels of its own only for a class with a lag or a modelled duration");
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    const auto rates = M::rates(p);
    const Tables t(plan, room(workspace.pk, Tables(plan, nullptr).size()));
    fill_decays<nr>(plan, rates, t.decays);
    for (std::size_t o = 0; o < t.offsets; ++o) {
      const Batch hours = load(plan.offsets[o]);
      const auto reached = M::response(hours, rates, load_all<nr>(t.decays + o * nr));
      for (std::size_t j = 0; j < ns; ++j) store(t.E[o * ns + j], if_left(hours, reached.share[j]));
    }
    fill_amounts(plan, rates, per_unit(p), t);
    if (plan.grouped) return superpose_groups<ns>(plan, t.E, t.S, C);
    for (std::size_t k = 0; k < plan.points.size(); ++k) {
      const auto s = amounts_at(plan.points[k], t);
      const Lanes* e = t.E + static_cast<std::size_t>(plan.points[k].offset) * ns;
      Batch c = s[0] * load(e[0]);
      for (std::size_t j = 1; j < ns; ++j) c += s[j] * load(e[j]);
      store(C[k], c);
    }
  }

  static void fill_amounts(const PkPlan& plan, const Rates<Batch>& rates, const Batch& unit,
                           const Tables& t) {
    States<M, Batch> s;
    s.fill(Batch(0.0));
    Matrix<Batch> share;
    for (std::size_t d = 0; d < t.doses; ++d) {
      const auto gap = static_cast<std::size_t>(plan.gap_of_dose[d]);
      if (d > 0) {
        if (d == 1 || plan.gap_of_dose[d] != plan.gap_of_dose[d - 1]) share = transition(plan, rates, t, gap);
        const auto before = s;
        for (std::size_t i = 0; i < ns; ++i) {
          s[i] = share[i][0] * before[0];
          for (std::size_t j = 1; j < ns; ++j) s[i] += share[i][j] * before[j];
          s[i] = if_left(load(plan.offsets[gap]), s[i]);
        }
      }
      s[M::dose_state] += unit * load(plan.amount[d]);
      for (std::size_t i = 0; i < ns; ++i) store(t.S[d * ns + i], s[i]);
    }
  }

  /// The amounts that each lane looks back to; 0 before the first dose.
  [[gnu::always_inline]] static States<M, Batch> amounts_at(const PkPoint& point, const Tables& t) {
    States<M, Batch> s;
    s.fill(Batch(0.0));
    if (!point.uniform) {
      const LanePlaces at(point.dose, ns);
      for (std::size_t j = 0; j < ns; ++j) s[j] = gather(t.S + j, at);
    } else if (point.dose[0] >= 0) {
      s = load_all<ns>(t.S + static_cast<std::size_t>(point.dose[0]) * ns);
    }
    return s;
  }

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    if (by_slots(plan)) return AdvancePath<M>::pull_back(plan, parameters, workspace, adjoint, gradient);
    const NoDenormals guard;
    const auto rates = M::rates(load_all<np>(parameters));
    const Tables t(plan, workspace.pk.data());
    for (std::size_t i = 0; i < (t.offsets + t.doses) * ns; ++i) store(t.E_bar[i], Batch(0.0));
    for (std::size_t k = 0; k < plan.points.size(); ++k) reverse_point(plan.points[k], load(adjoint[k]), t);
    Rates<Batch> rate_bar{};
    for (std::size_t o = 0; o < t.offsets; ++o) {
      const Batch hours = load(plan.offsets[o]);
      const auto slope = M::response(hours, rates, load_all<nr>(t.decays + o * nr)).slope;
      for (std::size_t j = 0; j < ns; ++j) {
        const Batch e_bar = if_left(hours, load(t.E_bar[o * ns + j]));
        for (std::size_t r = 0; r < nr; ++r) rate_bar[r] += e_bar * slope[r][j];
      }
    }
    const Batch unit_bar = reverse_doses(plan, rates, t, rate_bar);
    const auto dual_p = variables<Dual<Batch, np>, np>(parameters);
    const auto dual_rates = M::rates(dual_p);
    const auto dual_unit = per_unit(dual_p);
    for (std::size_t i = 0; i < np; ++i) {
      Batch g = unit_bar * dual_unit.d[i];
      for (std::size_t r = 0; r < nr; ++r) g += rate_bar[r] * dual_rates[r].d[i];
      accumulate(gradient[i], g);
    }
  }

  /// The adjoint a of C at a point is a S that of what has reached the observed state, a E that of amounts.
  [[gnu::always_inline]] static void reverse_point(const PkPoint& point, const Batch& a, const Tables& t) {
    const auto o = static_cast<std::size_t>(point.offset) * ns;
    const auto s = amounts_at(point, t);
    for (std::size_t j = 0; j < ns; ++j) accumulate(t.E_bar[o + j], a * s[j]);
    if (!point.uniform) {
      const LanePlaces at(point.dose, ns);
      for (std::size_t j = 0; j < ns; ++j) scatter_add(t.S_bar + j, at, a * load(t.E[o + j]));
    } else if (point.dose[0] >= 0) {
      Lanes* s_bar = t.S_bar + static_cast<std::size_t>(point.dose[0]) * ns;
      for (std::size_t j = 0; j < ns; ++j) accumulate(s_bar[j], a * load(t.E[o + j]));
    }
  }

  /// From the last dose to the first by the transposed transitions, whose own adjoint is summed while the gap
  /// stays the same. Returns the adjoint of the concentration of a unit.
  static Batch reverse_doses(const PkPlan& plan, const Rates<Batch>& rates, const Tables& t,
                             Rates<Batch>& rate_bar) {
    Batch unit_bar(0.0);
    Matrix<Batch> share, share_bar{};
    for (std::size_t d = t.doses; d-- > 0;) {
      unit_bar += load(t.S_bar[d * ns + M::dose_state]) * load(plan.amount[d]);
      if (d == 0) break;
      const auto gap = static_cast<std::size_t>(plan.gap_of_dose[d]);
      const Batch hours = load(plan.offsets[gap]);
      if (d + 1 == t.doses || plan.gap_of_dose[d] != plan.gap_of_dose[d + 1])
        share = transition(plan, rates, t, gap);
      const auto before = load_all<ns>(t.S + (d - 1) * ns);
      for (std::size_t i = 0; i < ns; ++i) {
        const Batch s_bar = if_left(hours, load(t.S_bar[d * ns + i]));
        for (std::size_t j = 0; j < ns; ++j) {
          share_bar[i][j] += s_bar * before[j];
          accumulate(t.S_bar[(d - 1) * ns + j], s_bar * share[i][j]);
        }
      }
      if (d > 1 && plan.gap_of_dose[d] == plan.gap_of_dose[d - 1]) continue;
      reverse_transition(hours, rates, share_bar, rate_bar);
      share_bar = {};
    }
    return unit_bar;
  }
  static void reverse_transition(const Batch& hours, const Rates<Batch>& rates,
                                 const Matrix<Batch>& share_bar, Rates<Batch>& rate_bar) {
    using D = Dual<Batch, nr>;
    Rates<D> dual, decays;
    for (std::size_t r = 0; r < nr; ++r) {
      dual[r] = D::variable(rates[r], r);
      decays[r] = exp(-(dual[r] * hours));
    }
    const auto share = M::transition(hours, dual, decays);
    for (std::size_t i = 0; i < ns; ++i)
      for (std::size_t j = 0; j < ns; ++j)
        for (std::size_t r = 0; r < nr; ++r) rate_bar[r] += share_bar[i][j] * share[i][j].d[r];
  }
};

}  // namespace qdose::QDOSE_ISA
