// One compartment, first-order absorption, saturable (Michaelis-Menten) elimination: a class of one's own.
//
//   cmake -B build -DQDOSE_EXTRA_MODELS_pk=$PWD/examples/models/pk/one_cmt_oral_mm.hpp
//
// makes it the eleventh PK class of every command. The file's name in snake case is the class's name in camel
// case.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pk {

/// dA/dt = -ka A; dB/dt = ka A - Vmax C/(Km + C), C = B/V. There is no exact solution: the error-controlled
/// solver runs these equations.
struct OneCmtOralMm {
  static constexpr About about{
      10, "pk_1c_oral_mm", "one compartment, first-order absorption, saturable elimination",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"Vmax", "mg/h", Scale::log, {0.05, 2.5, 0.25}, "largest rate of elimination"},
      Parameter{"Km", "mg/L", Scale::log, {1.0, 20.0, 0.25}, "concentration of half the largest rate"},
      Parameter{"ka", "1/h", Scale::log, {0.1, 3.0, 0.25}, "absorption rate constant"},
  };
  static constexpr std::array states{State{"gut", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "gut");

  template <class R>
  static States<OneCmtOralMm, R> rhs(const States<OneCmtOralMm, R>& a, const Parameters<OneCmtOralMm, R>& p) {
    const auto& [gut, central] = a;
    const auto& [V, Vmax, Km, ka] = p;
    const R absorbed = ka * gut, C = central / V;
    return {-absorbed, absorbed - Vmax * C / (Km + C)};
  }

  template <class R>
  static R concentration(const States<OneCmtOralMm, R>& a, const Parameters<OneCmtOralMm, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }
};

}  // namespace qdose::pk
