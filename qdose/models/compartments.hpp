// Exact responses of linear compartments to a unit bolus, shared by the classes that are made of them.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose {

/// One compartment: C = exp(-k t)/V.
template <class R>
Modes<R, 1> one_compartment(const R& CL, const R& V) {
  return {{CL / V}, {R(1.0) / V}};
}

/// Two compartments (Gabrielsson & Weiner, 4th ed., 2.3): alpha first. beta = k10 k21/alpha does not cancel;
/// the root's argument is written as a sum of positive terms.
template <class R>
Modes<R, 2> two_compartments(const R& CL, const R& Vc, const R& Q, const R& Vp) {
  const R k10 = CL / Vc, k12 = Q / Vc, k21 = Q / Vp, excess = k10 + k12 - k21;
  const R split = sqrt(excess * excess + R(4.0) * k12 * k21);
  const R alpha = R(0.5) * (k10 + k12 + k21 + split), beta = k10 * k21 / alpha;
  const R fast = (alpha - k21) / (split * Vc), slow = (k21 - beta) / (split * Vc);
  return {{alpha, beta}, {fast, slow}};
}

/// One Laguerre step from x towards the nearest outer root of x^3 - a2 x^2 + a1 x - a0, whose roots are all
/// real. From outside the roots the iteration is monotone and cubically convergent (Acton, Numerical Methods
/// That Work).
template <class R>
R laguerre_step(const R& x, const R& a2, const R& a1, const R& a0) {
  const R value = ((x - a2) * x + a1) * x - a0;
  const R slope = (R(3.0) * x - R(2.0) * a2) * x + a1, bend = R(6.0) * x - R(2.0) * a2;
  const R square = slope * slope, under = R(4.0) * square - R(6.0) * value * bend;
  // Rounding can push the argument below zero only at a multiple root, where any small step is right.
  const R least = R(1e-12) * square;
  return x - R(3.0) * value / (slope + sqrt(select(under < least, least, under)));
}

/// Three compartments: the largest rate first, the smallest last. The outer rates are found by Laguerre's
/// iteration from the sum of the rates and from a0/a1, which bound them; the middle one follows from the
/// product. Relative error of the rates below 1e-11.
template <class R>
Modes<R, 3> three_compartments(const R& CL, const R& Vc, const R& Q, const R& Vp, const R& Q2, const R& Vp2) {
  const R k10 = CL / Vc, k12 = Q / Vc, k21 = Q / Vp, k13 = Q2 / Vc, k31 = Q2 / Vp2;
  const R a2 = k10 + k12 + k13 + k21 + k31;
  const R a1 = k10 * (k21 + k31) + k12 * k31 + k13 * k21 + k21 * k31, a0 = k10 * k21 * k31;
  constexpr int steps = 7;
  R fast = a2, slow = a0 / a1;
  for (int i = 0; i < steps; ++i) {
    fast = laguerre_step(fast, a2, a1, a0);
    slow = laguerre_step(slow, a2, a1, a0);
  }
  const std::array<R, 3> rate{fast, a0 / (fast * slow), slow};
  const auto amplitude = [&](std::size_t j, std::size_t a, std::size_t b) {
    return (k21 - rate[j]) * (k31 - rate[j]) / (apart(rate[a], rate[j]) * apart(rate[b], rate[j]) * Vc);
  };
  return {rate, {amplitude(0, 1, 2), amplitude(1, 2, 0), amplitude(2, 0, 1)}};
}

/// The same compartments when the bolus enters a depot that empties into them with rate ka: one mode more,
/// the last. A ka within 1e-5 of a rate is moved away from it, in the rate and in the amplitudes alike.
template <class R, std::size_t N>
Modes<R, N + 1> absorbed(const Modes<R, N>& disposition, const R& ka) {
  R moved = ka;
  for (std::size_t j = 0; j < N; ++j) moved = disposition.rate[j] + apart(moved, disposition.rate[j]);
  Modes<R, N + 1> modes;
  R sum = R(0.0);
  for (std::size_t j = 0; j < N; ++j) {
    modes.rate[j] = disposition.rate[j];
    modes.amplitude[j] = disposition.amplitude[j] * moved / (moved - disposition.rate[j]);
    sum = sum + modes.amplitude[j];
  }
  modes.rate[N] = moved;
  modes.amplitude[N] = -sum;
  return modes;
}

}  // namespace qdose
