// One compartment whose terminal phase is its absorption (flip-flop kinetics).
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/models/pk/one_cmt_oral.hpp"

namespace qdose::pk {

/// The equations of OneCmtOral; the two differ in what they expect of ka: here ka < CL/V.
struct OneCmtOralFlipflop {
  static constexpr About about{
      9, "pk_1c_oral_flipflop", "one compartment, absorption slower than elimination",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{
          "ka", "1/h", Scale::log, {0.01, 0.20, 0.25}, "absorption rate constant, slower than elimination"},
  };
  static constexpr std::array states{State{"gut", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "gut");
  static constexpr bool absorption_limited = true;

  template <class R>
  static States<OneCmtOralFlipflop, R> rhs(const States<OneCmtOralFlipflop, R>& a,
                                           const Parameters<OneCmtOralFlipflop, R>& p) {
    return OneCmtOral::rhs(a, p);
  }

  template <class R>
  static R concentration(const States<OneCmtOralFlipflop, R>& a, const Parameters<OneCmtOralFlipflop, R>& p) {
    return OneCmtOral::concentration(a, p);
  }

  template <class R>
  static Modes<R, 2> modes(const Parameters<OneCmtOralFlipflop, R>& p) {
    return OneCmtOral::modes(p);
  }
};

}  // namespace qdose::pk
