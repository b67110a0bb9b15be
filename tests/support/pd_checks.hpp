// What every PD class must satisfy; new classes get all checks for free.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/num/dual.hpp"
#include "tests/support/draws.hpp"
#include "tests/support/findings.hpp"
#include "tests/support/quantity.hpp"

namespace qdose {

template <class M>
Stream pd_check_stream(std::uint64_t item) {
  return Stream(20260102, Purpose::property_test, item * 1000 + static_cast<std::uint64_t>(M::about.label));
}

/// Values around which a PD class is examined.
template <PdModel M>
struct PdPlace {
  double C;
  States<M, double> y;
  Parameters<M, double> p;

  explicit PdPlace(Stream& random) : C(random.log_uniform(0.01, 100)), p(wide_draw<M>(random)) {
    for (double& x : y) x = random.log_uniform(0.1, 20);
  }
};

/// Derivatives of the equations and of the response by dual numbers agree with central differences.
template <PdModel M>
Findings check_pd_gradient() {
  constexpr std::size_t ns = M::states.size(), np = M::parameters.size(), nv = 1 + ns + np;
  using D = Dual<double, nv>;
  Findings findings;
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Stream random = pd_check_stream<M>(draw);
    const PdPlace<M> at(random);
    States<M, D> y;
    Parameters<M, D> p;
    for (std::size_t s = 0; s < ns; ++s) y[s] = D::variable(at.y[s], 1 + s);
    for (std::size_t i = 0; i < np; ++i) p[i] = D::variable(at.p[i], 1 + ns + i);
    const D C = D::variable(at.C, 0);
    const auto exact = M::rhs(C, y, p);
    const D response = M::response(C, y, p);
    for (std::size_t v = 0; v < nv; ++v) {
      PdPlace<M> up = at, down = at;
      const auto entry = [&](PdPlace<M>& q) -> double& {
        return v == 0 ? q.C : v < 1 + ns ? q.y[v - 1] : q.p[v - 1 - ns];
      };
      const double x = entry(up), h = 1e-5 * x;
      entry(up) += h;
      entry(down) -= h;
      const auto f_up = M::rhs(up.C, up.y, up.p), f_down = M::rhs(down.C, down.y, down.p);
      for (std::size_t s = 0; s < ns; ++s)
        compare(findings, fmt::format("derivative {} of d{}/dt", v, M::states[s].symbol), exact[s].d[v],
                (f_up[s] - f_down[s]) / (2 * h), (std::abs(f_up[s]) + 1) / x + std::abs(exact[s].d[v]), 1e-6);
      const double r_up = M::response(up.C, up.y, up.p), r_down = M::response(down.C, down.y, down.p);
      compare(findings, fmt::format("derivative {} of the response", v), response.d[v],
              (r_up - r_down) / (2 * h), (std::abs(r_up) + 1) / x + std::abs(response.d[v]), 1e-6);
    }
  }
  return findings;
}

/// Without drug the baseline rests, and the response there is R0.
template <PdModel M>
Findings check_baseline() {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Stream random = pd_check_stream<M>(1000 + draw);
    const auto p = wide_draw<M>(random);
    const auto y = M::baseline(p);
    for (double d : M::rhs(0.0, y, p)) compare(findings, "baseline drifts: derivative", d, 0.0, 1.0, 1e-12);
    const double R0 = p[index_of(M::parameters, "R0")];
    compare(findings, "response at baseline", M::response(0.0, y, p), R0, R0, 1e-12);
  }
  return findings;
}

/// The declared loss is true: d y_i/dt = a_i(C, y_(i-1)) - b_i y_i with b_i > 0, free of C unless `driven`.
template <PdModel M>
Findings check_loss() {
  constexpr std::size_t ns = M::states.size();
  Findings findings;
  if ((M::loss == Loss::none) != (ns == 0)) findings.push_back("loss: `none` means no states");
  if (M::loss == Loss::driven && ns > 1) findings.push_back("loss: a driven loss is for one state");
  for (std::uint64_t draw = 0; draw < 50; ++draw) {
    Stream random = pd_check_stream<M>(2000 + draw);
    const PdPlace<M> at(random);
    const double other_C = at.C * random.log_uniform(0.01, 100);
    for (std::size_t s = 0; s < ns; ++s) {
      const auto with = [&](double C, std::size_t changed, double value) {
        auto y = at.y;
        y[changed] = value;
        return M::rhs(C, y, at.p)[s];
      };
      const double f0 = with(at.C, s, 0), f1 = with(at.C, s, 1), f7 = with(at.C, s, 7), b = f0 - f1;
      const double size = std::abs(f0) + std::abs(f1) + std::abs(f7) + 1e-300;
      if (!(b > 0)) findings.push_back("loss is not positive");
      compare(findings, "loss: linear in the state", f7, f0 - 7 * b, size, 1e-11);
      if (M::loss == Loss::constant)
        compare(findings, "loss: free of C", with(other_C, s, 0) - with(other_C, s, 1), b,
                b + std::abs(with(other_C, s, 0)), 1e-11);
      for (std::size_t j = 0; j < ns; ++j)
        if (j != s && j + 1 != s)
          compare(findings, "loss: a chain", with(at.C, j, 0), with(at.C, j, 5), size, 1e-13);
    }
  }
  return findings;
}

/// Responses are finite and never negative, also without drug, in vast concentrations and just below zero
/// (rounding).
template <PdModel M>
Findings check_response() {
  Findings findings;
  for (std::uint64_t draw = 0; draw < 500; ++draw) {
    Stream random = pd_check_stream<M>(3000 + draw);
    const auto p = draw % 2 ? wide_draw<M>(random) : report_draw<M>(random);
    const auto y = M::baseline(p);
    for (double C : {0.0, -1e-17, 1e-12, 1.0, 1e6}) {
      const double r = M::response(C, y, p);
      if (!std::isfinite(r) || r < 0) findings.push_back(fmt::format("response {} at C = {}", r, C));
      for (double d : M::rhs(C, y, p))
        if (!std::isfinite(d)) findings.push_back(fmt::format("derivative not finite at C = {}", C));
    }
  }
  return findings;
}

/// Equations and response have the declared units.
template <PdModel M>
Findings check_pd_units() {
  Findings findings;
  const auto expect_unit = [&](const std::string& what, const Quantity& got, std::string_view unit) {
    if (got.dimension != dimension_of(unit))
      findings.push_back("units of " + what + " are not " + std::string(unit));
  };
  try {
    Stream random = pd_check_stream<M>(4000);
    const auto values = report_draw<M>(random);
    States<M, Quantity> y;
    Parameters<M, Quantity> p;
    for (std::size_t s = 0; s < y.size(); ++s)
      y[s] = {2.0 + static_cast<double>(s), dimension_of(M::states[s].unit)};
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = {values[i], dimension_of(M::parameters[i].unit)};
    const Quantity C{5.0, dimension_of("mg/L")};
    const auto derivative = M::rhs(C, y, p);
    const auto baseline = M::baseline(p);
    for (std::size_t s = 0; s < y.size(); ++s) {
      expect_unit(fmt::format("d{}/dt", M::states[s].symbol), derivative[s],
                  std::string(M::states[s].unit) + "/h");
      if (baseline[s].x != 0) expect_unit("the baseline", baseline[s], M::states[s].unit);
    }
    expect_unit("the response", M::response(C, y, p), "ng/mL");
  } catch (const UnitError& error) {
    findings.push_back(std::string("units: ") + error.what());
  }
  return findings;
}

/// All checks.
template <PdModel M>
Findings check_pd_class() {
  Findings all;
  for (const Findings& findings : {check_pd_gradient<M>(), check_baseline<M>(), check_loss<M>(),
                                   check_response<M>(), check_pd_units<M>()})
    all.insert(all.end(), findings.begin(), findings.end());
  return all;
}

}  // namespace qdose
