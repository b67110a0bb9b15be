// Classes with one planted error each: the checks must name it.
#pragma once
#include "qdose/models/pd/indirect_inhib_kin.hpp"
#include "qdose/models/pk/one_cmt_iv_mm.hpp"
#include "qdose/models/pk/two_cmt_oral.hpp"

namespace qdose::wrong {

/// The peripheral compartment gets back more than central gives: mass appears.
struct MassAppears : pk::TwoCmtOral {
  template <class R>
  static std::array<R, 3> rhs(const std::array<R, 3>& a, const std::array<R, 5>& p) {
    auto derivative = pk::TwoCmtOral::rhs(a, p);
    derivative[2] = derivative[2] * R(1.001);
    return derivative;
  }
};

/// CL and Q exchanged in the exact solution only.
struct ModesOfAnother : pk::TwoCmtOral {
  template <class R>
  static Modes<R, 3> modes(std::array<R, 5> p) {
    std::swap(p[0], p[3]);
    return pk::TwoCmtOral::modes(p);
  }
};

/// Vc and CL exchanged in the concentration: the unit is wrong, the number plausible.
struct WrongUnit : pk::TwoCmtOral {
  template <class R>
  static R concentration(const std::array<R, 3>& a, const std::array<R, 5>& p) {
    return a[1] / p[0];
  }
};

/// The exact step forgets a per mille of the time.
struct SlowClock : pk::OneCmtIvMm {
  template <class R, class T>
  static std::array<R, 1> advance(const std::array<R, 1>& a, const T& dt, const std::array<R, 4>& p) {
    return pk::OneCmtIvMm::advance(a, dt * T(0.999), p);
  }
};

/// Production too large: the baseline drifts.
struct Drifts : pd::IndirectInhibKin {
  template <class R>
  static std::array<R, 1> rhs(const R& C, const std::array<R, 1>& y, const std::array<R, 4>& p) {
    return {pd::IndirectInhibKin::rhs(C, y, p)[0] + R(1e-6) * p[0] * p[1]};
  }
};

/// The loss depends on the concentration, which the declaration denies.
struct HiddenDrive : pd::IndirectInhibKin {
  template <class R>
  static std::array<R, 1> rhs(const R& C, const std::array<R, 1>& y, const std::array<R, 4>& p) {
    return {p[0] * p[1] - p[1] * (R(1.0) + C / p[2]) * y[0]};
  }
};

}  // namespace qdose::wrong
