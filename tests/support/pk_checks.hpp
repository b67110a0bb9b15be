// What every PK class must satisfy, each check with the reason in its name; new classes get all of them for
// free.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/num/dual.hpp"
#include "tests/support/draws.hpp"
#include "tests/support/findings.hpp"
#include "tests/support/quantity.hpp"
#include "tests/support/reference.hpp"

namespace qdose {

template <class M>
concept HasExactModes = requires(Parameters<M, double> p) {
  M::modes(p);
};
template <class M>
concept HasExactAdvance = requires(States<M, double> a, Parameters<M, double> p) {
  M::advance(a, 1.0, p);
};

template <class M>
Stream check_stream(std::uint64_t item) {
  return Stream(20260101, Purpose::property_test, item * 1000 + static_cast<std::uint64_t>(M::about.label));
}

/// Derivatives by dual numbers agree with central differences.
template <PkModel M>
Findings check_pk_gradient() {
  constexpr std::size_t ns = M::states.size(), np = M::parameters.size();
  using D = Dual<double, ns + np>;
  Findings findings;
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Stream random = check_stream<M>(draw);
    const auto p = wide_draw<M>(random);
    States<M, double> a;
    for (double& x : a) x = random.log_uniform(0.1, 10);
    States<M, D> da;
    Parameters<M, D> dp;
    for (std::size_t i = 0; i < ns; ++i) da[i] = D::variable(a[i], i);
    for (std::size_t i = 0; i < np; ++i) dp[i] = D::variable(p[i], ns + i);
    const auto exact = M::rhs(da, dp);
    for (std::size_t v = 0; v < ns + np; ++v) {
      const double x = v < ns ? a[v] : p[v - ns], h = 1e-5 * x;
      auto up = a, down = a;
      auto p_up = p, p_down = p;
      (v < ns ? up[v] : p_up[v - ns]) += h;
      (v < ns ? down[v] : p_down[v - ns]) -= h;
      const auto f_up = M::rhs(up, p_up), f_down = M::rhs(down, p_down);
      for (std::size_t s = 0; s < ns; ++s)
        compare(findings, fmt::format("derivative {} of d{}/dt", v, M::states[s].symbol), exact[s].d[v],
                (f_up[s] - f_down[s]) / (2 * h), std::abs(f_up[s]) / x + std::abs(exact[s].d[v]) + 1e-9,
                1e-6);
    }
  }
  return findings;
}

/// Amounts leave through elimination alone: they sum to a constant while the observed compartment is empty,
/// and fall when it is not.
template <PkModel M>
Findings check_mass_balance() {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Stream random = check_stream<M>(1000 + draw);
    const auto p = wide_draw<M>(random);
    States<M, double> a;
    for (double& x : a) x = random.log_uniform(0.1, 10);
    const auto balance = [&](const States<M, double>& amounts, double& turnover) {
      double sum = 0;
      turnover = 0;
      for (double d : M::rhs(amounts, p)) sum += d, turnover += std::abs(d);
      return sum;
    };
    double turnover;
    if (!(balance(a, turnover) < 0)) findings.push_back("mass balance: nothing is eliminated");
    for (std::size_t s = 0; s < a.size(); ++s) {
      States<M, double> only{};
      only[s] = 1.0;
      if (M::concentration(only, p) > 0) a[s] = 0;
    }
    const double lost = balance(a, turnover);
    compare(findings, "mass balance with an empty observed compartment", lost, 0.0, turnover + 1e-300, 1e-12);
  }
  return findings;
}

/// The exact response to a unit bolus equals the integrated equations, relative to the peak.
template <PkModel M>
Findings check_modes(double tolerance = 1e-8) requires HasExactModes<M> {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    Stream random = check_stream<M>(2000 + draw);
    const auto p = draw % 2 ? wide_draw<M>(random) : report_draw<M>(random);
    const auto modes = M::modes(p);
    const JointSystem<M, NoPd> system{p, {}};
    auto y = system.start();
    y[M::dose_state] = 1.0;
    double now = 0, peak = M::concentration(system.amounts(y), p);
    std::vector<std::pair<double, double>> curve;
    for (double t : {0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 12.0, 24.0, 72.0, 200.0}) {
      const auto step = integrate([&](double, const auto& at) { return system.derivative(at, 0); }, y, now, t,
                                  system.tolerance(1e-12, 1.0));
      y = step.y;
      now = t;
      curve.push_back({t, system.concentration(y)});
      peak = std::max(peak, curve.back().second);
    }
    for (const auto& [t, expected] : curve) {
      double C = 0;
      for (std::size_t j = 0; j < modes.rate.size(); ++j)
        C += modes.amplitude[j] * std::exp(-modes.rate[j] * t);
      compare(findings, fmt::format("modes at {} h, draw {}", t, draw), C, expected, peak, tolerance);
    }
  }
  return findings;
}

/// The exact amounts after a time equal the integrated equations, relative to the sum of amounts at the
/// start.
template <PkModel M>
Findings check_advance(double tolerance = 1e-9) requires HasExactAdvance<M> {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    Stream random = check_stream<M>(3000 + draw);
    const auto p = draw % 2 ? wide_draw<M>(random) : report_draw<M>(random);
    const JointSystem<M, NoPd> system{p, {}};
    typename JointSystem<M, NoPd>::Vector y{};
    double sum = 0;
    for (std::size_t s = 0; s < y.size(); ++s)
      sum += y[s] = random.below(4) ? random.log_uniform(1e-3, 100) : 0.0;
    const double dt = random.below(8) ? random.log_uniform(1e-3, 100) : 0.0;
    const auto expected = integrate([&](double, const auto& at) { return system.derivative(at, 0); }, y, 0.0,
                                    dt, system.tolerance(1e-12, sum));
    const auto got = M::advance(system.amounts(y), dt, p);
    for (std::size_t s = 0; s < got.size(); ++s)
      compare(findings, fmt::format("advance by {} h, {}, draw {}", dt, M::states[s].symbol, draw), got[s],
              expected.y[s], sum + 1e-300, tolerance);
  }
  return findings;
}

/// The derivatives of `advance` by dual numbers agree with central differences of its values.
template <PkModel M>
Findings check_advance_gradient() requires HasExactAdvance<M> {
  constexpr std::size_t ns = M::states.size(), np = M::parameters.size();
  using D = Dual<double, ns + np>;
  Findings findings;
  for (std::uint64_t draw = 0; draw < 100; ++draw) {
    Stream random = check_stream<M>(4000 + draw);
    const auto p = report_draw<M>(random);
    States<M, double> a;
    for (double& x : a) x = random.log_uniform(0.1, 30);
    const double dt = random.log_uniform(0.01, 30);
    States<M, D> da;
    Parameters<M, D> dp;
    for (std::size_t i = 0; i < ns; ++i) da[i] = D::variable(a[i], i);
    for (std::size_t i = 0; i < np; ++i) dp[i] = D::variable(p[i], ns + i);
    const auto exact = M::advance(da, dt, dp);
    for (std::size_t v = 0; v < ns + np; ++v) {
      const double x = v < ns ? a[v] : p[v - ns], h = 1e-5 * x;
      auto up = a, down = a;
      auto p_up = p, p_down = p;
      (v < ns ? up[v] : p_up[v - ns]) += h;
      (v < ns ? down[v] : p_down[v - ns]) -= h;
      const auto f_up = M::advance(up, dt, p_up), f_down = M::advance(down, dt, p_down);
      for (std::size_t s = 0; s < ns; ++s)
        compare(findings, fmt::format("derivative {} of {} after {} h", v, M::states[s].symbol, dt),
                exact[s].d[v], (f_up[s] - f_down[s]) / (2 * h), 1.0 / x + std::abs(exact[s].d[v]), 1e-5);
    }
  }
  return findings;
}

/// A class with modes is linear: the derivative of a sum of amounts is the sum of the derivatives.
template <PkModel M>
Findings check_linearity() requires HasExactModes<M> {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    Stream random = check_stream<M>(5000 + draw);
    const auto p = wide_draw<M>(random);
    States<M, double> a, b, sum;
    for (std::size_t s = 0; s < a.size(); ++s) {
      a[s] = random.log_uniform(0.1, 10);
      b[s] = random.log_uniform(0.1, 10);
      sum[s] = a[s] + 3 * b[s];
    }
    const auto fa = M::rhs(a, p), fb = M::rhs(b, p), fs = M::rhs(sum, p);
    for (std::size_t s = 0; s < a.size(); ++s)
      compare(findings, "dose linearity", fs[s], fa[s] + 3 * fb[s],
              std::abs(fa[s]) + 3 * std::abs(fb[s]) + 1e-300, 1e-11);
  }
  return findings;
}

/// Equations, concentration and exact solutions have the declared units.
template <PkModel M>
Findings check_pk_units() {
  Findings findings;
  const auto expect_unit = [&](const std::string& what, const Quantity& got, std::string_view unit) {
    if (got.dimension != dimension_of(unit))
      findings.push_back("units of " + what + " are not " + std::string(unit));
  };
  try {
    States<M, Quantity> a;
    Parameters<M, Quantity> p;
    Stream random = check_stream<M>(6000);
    const auto values = report_draw<M>(random);
    for (std::size_t s = 0; s < a.size(); ++s)
      a[s] = {2.0 + static_cast<double>(s), dimension_of(M::states[s].unit)};
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = {values[i], dimension_of(M::parameters[i].unit)};
    const auto derivative = M::rhs(a, p);
    for (std::size_t s = 0; s < a.size(); ++s)
      expect_unit(fmt::format("d{}/dt", M::states[s].symbol), derivative[s],
                  std::string(M::states[s].unit) + "/h");
    expect_unit("C", M::concentration(a, p), "mg/L");
    if constexpr (HasExactModes<M>) {
      const auto modes = M::modes(p);
      for (const Quantity& rate : modes.rate) expect_unit("a rate", rate, "1/h");
      for (const Quantity& amplitude : modes.amplitude) expect_unit("an amplitude", amplitude, "1/L");
    }
    if constexpr (HasExactAdvance<M>) {
      const auto after = M::advance(a, Quantity(2.0, dimension_of("h")), p);
      for (std::size_t s = 0; s < a.size(); ++s) expect_unit("advanced amounts", after[s], M::states[s].unit);
    }
  } catch (const UnitError& error) {
    findings.push_back(std::string("units: ") + error.what());
  }
  return findings;
}

/// Draws from the report's ranges give finite derivatives and positive, pairwise different rates.
template <PkModel M>
Findings check_pk_draws() {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 500; ++draw) {
    Stream random = check_stream<M>(7000 + draw);
    const auto p = report_draw<M>(random);
    States<M, double> a;
    a.fill(1.0);
    for (double d : M::rhs(a, p))
      if (!std::isfinite(d)) findings.push_back("a report draw gives a derivative that is not finite");
    if constexpr (HasExactModes<M>) {
      const auto rate = M::modes(p).rate;
      for (std::size_t i = 0; i < rate.size(); ++i) {
        if (!(rate[i] > 0) || !std::isfinite(rate[i])) findings.push_back("a rate is not positive");
        for (std::size_t j = 0; j < i; ++j)
          if (rate[i] == rate[j]) findings.push_back("two rates are equal");
      }
    }
  }
  return findings;
}

/// All checks that apply to a class.
template <PkModel M>
Findings check_pk_class() {
  Findings all;
  const auto add = [&](const Findings& findings) { all.insert(all.end(), findings.begin(), findings.end()); };
  add(check_pk_gradient<M>());
  add(check_mass_balance<M>());
  add(check_pk_units<M>());
  add(check_pk_draws<M>());
  if constexpr (HasExactModes<M>) {
    add(check_modes<M>());
    add(check_linearity<M>());
  }
  if constexpr (HasExactAdvance<M>) {
    add(check_advance<M>());
    add(check_advance_gradient<M>());
  }
  return all;
}

}  // namespace qdose
