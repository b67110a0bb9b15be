// Scalar functions under the names that model equations use, so that one template serves every scalar type.
#pragma once
#include <cmath>

namespace qdose {

[[gnu::always_inline]] inline double exp(double x) { return std::exp(x); }
[[gnu::always_inline]] inline double log(double x) { return std::log(x); }
[[gnu::always_inline]] inline double sqrt(double x) { return std::sqrt(x); }
[[gnu::always_inline]] inline constexpr double select(bool c, double a, double b) { return c ? a : b; }

[[gnu::always_inline]] inline double reciprocal(double x) { return 1.0 / x; }

[[gnu::always_inline]] inline bool any(bool c) { return c; }

/// The number without its derivatives.
[[gnu::always_inline]] inline double value_of(double x) { return x; }

/// Horner's rule: (((p x + c0) x + c1) x + ...).
template <class V, class... C>
[[gnu::always_inline]] inline constexpr V horner(V p, const V& x, C... c) {
  ((p = p * x + V(c)), ...);
  return p;
}

/// base^exponent for base >= 0; a base below 1e-290 counts as 1e-290, which keeps derivatives finite at 0.
template <class R>
[[gnu::always_inline]] inline constexpr R pow(const R& base, const R& exponent) {
  return exp(exponent * log(select(base < R(1e-290), R(1e-290), base)));
}

/// a - b, moved away from zero to at least 1e-5 b (b > 0) with its derivative kept: divided differences of
/// confluent rates then lose at most 5 of 16 digits, and their error stays below 1e-5 relative in the rate.
template <class R>
[[gnu::always_inline]] inline R apart(const R& a, const R& b) {
  const R difference = a - b;
  const auto d = value_of(difference);
  using V = decltype(value_of(difference));
  const V least = V(1e-5) * value_of(b), size = select(d < V(0.0), -d, d);
  const V moved = select(d < V(0.0), -least, least);
  return difference + R(select(size < least, moved - d, V(0.0)));
}

}  // namespace qdose
