// One compartment, first-order absorption.
#pragma once
#include <array>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// Gut -> central with rate ka, elimination from central.
struct OneCmtOral {
  static constexpr About about{
      1, "pk_1c_oral", "one compartment, first-order absorption",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"ka", "1/h", Scale::log, {0.1, 3.0, 0.25}, "absorption rate constant"},
  };
  static constexpr std::array states{State{"gut", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "gut");

  template <class R>
  static States<OneCmtOral, R> rhs(const States<OneCmtOral, R>& a, const Parameters<OneCmtOral, R>& p) {
    const auto& [gut, central] = a;
    const auto& [CL, V, ka] = p;
    const R uptake = ka * gut;
    return {-uptake, uptake - CL / V * central};
  }

  template <class R>
  static R concentration(const States<OneCmtOral, R>& a, const Parameters<OneCmtOral, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }

  template <class R>
  static Modes<R, 2> modes(const Parameters<OneCmtOral, R>& p) {
    const auto& [CL, V, ka] = p;
    return absorbed(one_compartment(CL, V), ka);
  }
};

}  // namespace qdose::pk
