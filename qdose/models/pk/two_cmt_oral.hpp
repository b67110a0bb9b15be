// Two compartments, first-order absorption.
#pragma once
#include <array>
#include <cmath>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// Gut -> central with rate ka; central exchanges with peripheral; elimination from central.
struct TwoCmtOral {
  static constexpr About about{
      6, "pk_2c_oral", "two compartments, first-order absorption",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"Vc", "L", Scale::log, {0.20, 2.0, 0.25}, "central volume"},
      Parameter{"Vp", "L", Scale::log, {1.0, 12.0, 0.25}, "peripheral volume"},
      Parameter{"Q", "L/h", Scale::log, {0.05, 2.0, 0.25}, "inter-compartmental clearance"},
      Parameter{"ka", "1/h", Scale::log, {0.1, 3.0, 0.25}, "absorption rate constant"},
  };
  static constexpr std::array states{State{"gut", "mg"}, State{"central", "mg"}, State{"peripheral", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "gut");

  template <class R>
  static States<TwoCmtOral, R> rhs(const States<TwoCmtOral, R>& a, const Parameters<TwoCmtOral, R>& p) {
    const auto& [gut, central, peripheral] = a;
    const auto& [CL, Vc, Vp, Q, ka] = p;
    const R uptake = ka * gut, exchanged = Q * (central / Vc - peripheral / Vp);
    return {-uptake, uptake - CL / Vc * central - exchanged, exchanged};
  }

  template <class R>
  static R concentration(const States<TwoCmtOral, R>& a, const Parameters<TwoCmtOral, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "Vc")];
  }

  template <class R>
  static Modes<R, 3> modes(const Parameters<TwoCmtOral, R>& p) {
    const auto& [CL, Vc, Vp, Q, ka] = p;
    return absorbed(two_compartments(CL, Vc, Q, Vp), ka);
  }

  /// The rates of absorption, ka, and of distribution, alpha, change places; CL, k21 and ka/Vc stay. There is
  /// no such solution where ka lies below k21. (Compare the exponentials' coefficients: each is ka (k21 -
  /// rate)/Vc over differences of rates.)
  template <class R>
  static Twin<TwoCmtOral, R> twin(const Parameters<TwoCmtOral, R>& p) {
    const auto& [CL, Vc, Vp, Q, ka] = p;
    const R k12 = Q / Vc, k21 = Q / Vp;
    const auto [alpha, beta] = two_compartments(CL, Vc, Q, Vp).rate;
    const R other_k12 = (ka - k21) * (k21 - beta) / k21;
    const R other_Vc = Vc * alpha / ka, other_Q = other_k12 * other_Vc;
    return {other_k12 > R(0.0),
            {CL, other_Vc, other_Q / k21, other_Q, alpha},
            log(k12 * (ka - beta) / (other_k12 * (alpha - beta)))};
  }
};

}  // namespace qdose::pk
