// What a schedule does to a subject, by the plain integrator and the class's equations alone: judge of the
// engine.
#pragma once
#include <algorithm>
#include <vector>

#include "qdose/models/definition.hpp"
#include "qdose/ode/dormand_prince.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// A dose as it reaches the dose state: at `start`, at once or at constant rate over `duration` h.
struct Arrival {
  double start, amount, duration;
};

template <PkModel Pk>
std::vector<Arrival> arrivals(const std::vector<Dose>& doses, const Parameters<Pk, double>& p) {
  std::vector<Arrival> list;
  for (const Dose& dose : doses) {
    Arrival a{dose.time, dose.amount, dose.duration};
    if constexpr (has_symbol(Pk::parameters, "Tlag")) a.start += p[index_of(Pk::parameters, "Tlag")];
    if constexpr (has_symbol(Pk::parameters, "tau")) a.duration = p[index_of(Pk::parameters, "tau")];
    list.push_back(a);
  }
  return list;
}

struct ReferenceCurves {
  OdeOutcome outcome = OdeOutcome::done;
  std::vector<double> concentration, response;  ///< at the schedule's pk_times and pd_times
};

/// Stands in for a PD class where only the concentration is wanted.
struct NoPd {
  static constexpr About about{0, "none", "", ""};
  static constexpr std::array<Parameter, 0> parameters{};
  static constexpr std::array<State, 0> states{};
  static constexpr Loss loss = Loss::none;
  template <class R>
  static States<NoPd, R> baseline(const Parameters<NoPd, R>&) {
    return {};
  }
  template <class R>
  static States<NoPd, R> rhs(const R&, const States<NoPd, R>&, const Parameters<NoPd, R>&) {
    return {};
  }
  template <class R>
  static R response(const R& C, const States<NoPd, R>&, const Parameters<NoPd, R>&) {
    return C;
  }
};

/// The amounts of a PK class and the states of a PD class as one system of differential equations.
template <PkModel Pk, PdModel Pd>
struct JointSystem {
  static constexpr std::size_t pk_states = Pk::states.size(), pd_states = Pd::states.size();
  static constexpr std::size_t size = pk_states + pd_states;
  using Vector = std::array<double, size>;
  Parameters<Pk, double> pk;
  Parameters<Pd, double> pd;

  States<Pk, double> amounts(const Vector& y) const {
    States<Pk, double> a;
    std::copy_n(y.begin(), pk_states, a.begin());
    return a;
  }
  States<Pd, double> effects(const Vector& y) const {
    States<Pd, double> e{};
    std::copy_n(y.begin() + pk_states, pd_states, e.begin());
    return e;
  }
  double concentration(const Vector& y) const { return Pk::concentration(amounts(y), pk); }
  double response(const Vector& y) const { return Pd::response(concentration(y), effects(y), pd); }

  Vector start() const {
    Vector y{};
    const auto baseline = Pd::baseline(pd);
    std::copy_n(baseline.begin(), pd_states, y.begin() + pk_states);
    return y;
  }
  /// dy/dt with a zero-order input of `rate` (mg/h) into the dose state.
  Vector derivative(const Vector& y, double rate) const {
    const auto da = Pk::rhs(amounts(y), pk);
    const auto de = Pd::rhs(concentration(y), effects(y), pd);
    Vector dy;
    std::copy_n(da.begin(), pk_states, dy.begin());
    std::copy_n(de.begin(), pd_states, dy.begin() + pk_states);
    dy[Pk::dose_state] += rate;
    return dy;
  }
  /// Tolerances that suit doses of this size.
  OdeTolerance<size> tolerance(double relative, double largest_dose) const {
    OdeTolerance<size> t{relative, {}, 1'000'000};
    Vector dosed{};
    std::fill_n(dosed.begin(), pk_states, largest_dose);
    const Vector y = start();
    for (std::size_t i = 0; i < size; ++i) {
      const double scale = i < pk_states ? largest_dose : y[i] > 0 ? y[i] : concentration(dosed);
      t.absolute[i] = 0.01 * relative * scale;
    }
    return t;
  }
};

/// Concentrations and responses of one subject. A value at the time of a dose is taken before it; before the
/// first dose C = 0 and the PD class rests at its baseline.
template <PkModel Pk, PdModel Pd>
ReferenceCurves reference(const Schedule& schedule, const Parameters<Pk, double>& pk,
                          const Parameters<Pd, double>& pd, double relative = 1e-11) {
  const JointSystem<Pk, Pd> system{pk, pd};
  const auto inputs = arrivals<Pk>(schedule.doses, pk);

  std::vector<double> moments = schedule.pk_times;
  moments.insert(moments.end(), schedule.pd_times.begin(), schedule.pd_times.end());
  double largest = 1e-300;
  for (const Arrival& a : inputs) {
    moments.insert(moments.end(), {a.start, a.start + a.duration});
    largest = std::max(largest, a.amount);
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());

  ReferenceCurves curves;
  auto y = system.start();
  const auto tolerance = system.tolerance(relative, largest);
  for (std::size_t m = 0; m < moments.size(); ++m) {
    const double now = moments[m];
    if (m > 0) {
      double rate = 0;
      const double middle = 0.5 * (moments[m - 1] + now);
      for (const Arrival& a : inputs)
        if (a.start < middle && middle < a.start + a.duration) rate += a.amount / a.duration;
      const auto f = [&](double, const auto& at) { return system.derivative(at, rate); };
      const auto step = integrate(f, y, moments[m - 1], now, tolerance);
      if (step.outcome != OdeOutcome::done) curves.outcome = step.outcome;
      y = step.y;
    }
    for (double t : schedule.pk_times)
      if (t == now) curves.concentration.push_back(system.concentration(y));
    for (double t : schedule.pd_times)
      if (t == now) curves.response.push_back(system.response(y));
    for (const Arrival& a : inputs)
      if (a.start == now && !(a.duration > 0)) y[Pk::dose_state] += a.amount;
  }
  return curves;
}

}  // namespace qdose
