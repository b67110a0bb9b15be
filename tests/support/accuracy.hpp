// How far the engine is from the judge, over random draws: in units of the noise that the report puts on a
// value.
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "qdose/models/catalogue.hpp"
#include "tests/support/draws.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/lane_reference.hpp"

namespace qdose {

/// Draws a test looks at: a few, or as many as QDOSE_ACCURACY_DRAWS says (100000 for the table in
/// docs/models-accuracy.md).
inline std::uint64_t accuracy_draws(std::uint64_t usual) {
  const char* wish = std::getenv("QDOSE_ACCURACY_DRAWS");
  return wish ? std::strtoull(wish, nullptr, 10) : usual;
}

/// Gradients are compared in every so many-th batch of `draws`: the usual number, and in about a hundred
/// batches at most.
inline std::uint64_t batches_a_gradient(std::uint64_t draws, std::uint64_t usual) {
  return std::max<std::uint64_t>(usual, draws / lanes / 100);
}

/// Standard deviations of the report's residual errors.
inline double pk_noise(double y) { return std::hypot(0.15 * y, 0.02); }
inline double pd_noise(double y) { return std::hypot(0.10 * y, 0.05); }

/// Largest values of what was measured over all draws.
struct Accuracy {
  double value = 0, gradient = 0;
  std::uint64_t draws = 0, failed = 0;
  std::uint64_t undecided = 0;  ///< values and derivatives for which the judge took too many steps

  void compare(double got, double expected, double noise) {
    if (std::isfinite(expected))
      note(value, std::abs(got - expected) / noise);
    else
      ++undecided;
  }
  void note(double& worst, double error) {
    if (error > worst) worst = error;
    if (!(error >= 0)) ++failed;  // not a number
  }
  /// One derivative against the judge's `sum` of terms, whose sizes add up to `size`.
  void compare_gradient(double got, double sum, double size) {
    if (std::isfinite(sum))
      note(gradient, std::abs(got - sum) / (1 + size));
    else
      ++undecided;
  }
  void print(std::string_view id, std::string_view kind) const {
    std::printf("%-24.*s %-10.*s %8llu draws: value %.1e sd, gradient %.1e, failed %llu, undecided %llu\n",
                static_cast<int>(id.size()), id.data(), static_cast<int>(kind.size()), kind.data(),
                static_cast<unsigned long long>(draws), value, gradient,
                static_cast<unsigned long long>(failed), static_cast<unsigned long long>(undecided));
  }
};

/// Whether lane `l` has, within a relative change `step` of its lag or modelled duration, a bend of the
/// concentration at `time`: there differences straddle two slopes, and neither is the derivative.
template <PkModel Pk>
bool bends_at(double time, const Schedule& schedule, const std::vector<Lanes>& pk, std::size_t l,
              double step) {
  for (std::size_t i = 0; i < Pk::parameters.size(); ++i) {
    if (Pk::parameters[i].symbol != "Tlag" && Pk::parameters[i].symbol != "tau") continue;
    for (const Dose& dose : schedule.doses)
      if (std::abs(time - dose.time - pk[i][l]) <= 1.01 * step * pk[i][l]) return true;
  }
  return false;
}

/// Where naive formulas fail: equal or nearly equal rates, vanishing exchange, very short infusions,
/// saturation from none to complete.
template <class M>
Parameters<M, double> corner_draw(Stream& random) {
  auto p = report_draw<M>(random);
  const double nearly =
      random.below(4) == 0 ? 1.0 : 1.0 + (random.below(2) ? 1 : -1) * random.log_uniform(1e-14, 1e-2);
  const auto set = [&](std::string_view symbol, double value) {
    for (std::size_t i = 0; i < p.size(); ++i)
      if (M::parameters[i].symbol == symbol) p[i] = value;
  };
  const auto get = [&](std::string_view symbol) {
    for (std::size_t i = 0; i < p.size(); ++i)
      if (M::parameters[i].symbol == symbol) return p[i];
    return 0.0;
  };
  const double V = get("V") + get("Vc");
  if constexpr (has_symbol(M::parameters, "Vp2")) set("Vp2", get("Q2") * get("Vp") / get("Q") * nearly);
  if constexpr (has_symbol(M::parameters, "Vp")) {
    if (random.below(2)) {  // both rates equal as the exchange vanishes
      set("Q", get("Q") * random.log_uniform(1e-8, 1e-2));
      set("Vp", get("Q") * V / get("CL") * nearly);
    }
  }
  if constexpr (has_symbol(M::parameters, "ka")) {
    const auto rate = M::modes(p).rate;
    set("ka", rate[random.below(static_cast<std::uint32_t>(rate.size() - 1))] * nearly);
  }
  if constexpr (has_symbol(M::parameters, "ktr")) set("ktr", get("CL") / V * nearly);
  if constexpr (has_symbol(M::parameters, "tau")) set("tau", random.log_uniform(1e-5, 0.1));
  if constexpr (has_symbol(M::parameters, "Km")) {
    set("Km", random.log_uniform(1e-2, 1e4));
    set("Vmax", random.log_uniform(1e-3, 20));
  }
  return p;
}

}  // namespace qdose
