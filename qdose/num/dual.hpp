// A value and its N partial derivatives (forward mode); T is double or Batch.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>

#include "qdose/num/math.hpp"

namespace qdose {

template <class T, std::size_t N>
struct Dual {
  T x;
  std::array<T, N> d;

  Dual() = default;  // not set; Dual{} is 0
  [[gnu::always_inline]] Dual(T value) : x(value), d{} {}
  template <class U>
  requires(std::convertible_to<U, T> && !std::same_as<U, T>) [[gnu::always_inline]] Dual(U value)
      : x(T(value)), d{} {}

  /// The i-th independent variable.
  [[gnu::always_inline]] static Dual variable(T value, std::size_t i) {
    Dual r(value);
    r.d[i] = T(1.0);
    return r;
  }
  /// Value y whose i-th derivative is f(i).
  template <class F>
  [[gnu::always_inline]] static Dual each(T y, F f) {
    Dual r(y);
    for (std::size_t i = 0; i < N; ++i) r.d[i] = f(i);
    return r;
  }

  [[gnu::always_inline]] friend Dual operator+(const Dual& a, const Dual& b) {
    return each(a.x + b.x, [&](auto i) { return a.d[i] + b.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator-(const Dual& a, const Dual& b) {
    return each(a.x - b.x, [&](auto i) { return a.d[i] - b.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator-(const Dual& a) {
    return each(-a.x, [&](auto i) { return -a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator*(const Dual& a, const Dual& b) {
    return each(a.x * b.x, [&](auto i) { return b.x * a.d[i] + a.x * b.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator/(const Dual& a, const Dual& b) {
    const T inverse = reciprocal(b.x), q = a.x * inverse;
    return each(q, [&](auto i) { return (a.d[i] - q * b.d[i]) * inverse; });
  }
  [[gnu::always_inline]] friend Dual reciprocal(const Dual& a) {
    const T inverse = reciprocal(a.x), slope = -(inverse * inverse);
    return each(inverse, [&](auto i) { return slope * a.d[i]; });
  }
  // A constant on one side: its zero derivatives are not multiplied.
  [[gnu::always_inline]] friend Dual operator+(const Dual& a, const T& c) {
    return each(a.x + c, [&](auto i) { return a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator+(const T& c, const Dual& a) { return a + c; }
  [[gnu::always_inline]] friend Dual operator-(const Dual& a, const T& c) {
    return each(a.x - c, [&](auto i) { return a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator-(const T& c, const Dual& a) {
    return each(c - a.x, [&](auto i) { return -a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator*(const T& c, const Dual& a) {
    return each(c * a.x, [&](auto i) { return c * a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual operator*(const Dual& a, const T& c) { return c * a; }
  [[gnu::always_inline]] friend Dual operator/(const Dual& a, const T& c) { return a * (T(1.0) / c); }
  [[gnu::always_inline]] Dual& operator+=(const Dual& b) { return *this = *this + b; }

  [[gnu::always_inline]] friend auto operator<(const Dual& a, const Dual& b) { return a.x < b.x; }
  [[gnu::always_inline]] friend auto operator>(const Dual& a, const Dual& b) { return a.x > b.x; }
  template <class C>
  [[gnu::always_inline]] friend Dual select(const C& c, const Dual& a, const Dual& b) {
    return each(select(c, a.x, b.x), [&](auto i) { return select(c, a.d[i], b.d[i]); });
  }
  [[gnu::always_inline]] friend Dual exp(const Dual& a) {
    const T e = exp(a.x);
    return each(e, [&](auto i) { return e * a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual log(const Dual& a) {
    const T inverse = reciprocal(a.x);
    return each(log(a.x), [&](auto i) { return inverse * a.d[i]; });
  }
  [[gnu::always_inline]] friend Dual sqrt(const Dual& a) {
    const T root = sqrt(a.x), half = T(0.5) / root;
    return each(root, [&](auto i) { return half * a.d[i]; });
  }
  [[gnu::always_inline]] friend auto value_of(const Dual& a) { return value_of(a.x); }
};

}  // namespace qdose
