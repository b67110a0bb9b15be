// A number that carries its unit: running a class's equations on it proves that they add only like to like.
#pragma once
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

namespace qdose {

/// Thrown when unlike units meet.
struct UnitError : std::logic_error {
  using std::logic_error::logic_error;
};

/// Powers of mg, L, h and of the biomarker's ng, mL (kept apart from the drug's: they never mix in an
/// equation).
using Dimension = std::array<int, 5>;

/// "(ng/mL)/(mg/L)" -> {-1, 1, 0, 1, -1}; "-" or "" is a pure number. An unknown unit throws.
inline Dimension dimension_of(std::string_view unit) {
  static constexpr std::string_view names[] = {"mg", "L", "h", "ng", "mL"};
  Dimension d{};
  if (unit == "-" || unit.empty()) return d;
  int sign = 1, outer = 1;  // sign of the next name, sign of the parenthesis it is in
  std::size_t i = 0;
  while (i < unit.size()) {
    const char c = unit[i];
    if (c == '/') {
      sign = -outer;
      ++i;
    } else if (c == '(') {
      outer = sign;
      ++i;
    } else if (c == ')') {
      outer = sign = 1;
      ++i;
    } else {
      std::size_t end = i;
      while (end < unit.size() && unit[end] != '/' && unit[end] != ')') ++end;
      const std::string_view word = unit.substr(i, end - i);
      bool known = word == "1";
      for (std::size_t k = 0; k < d.size(); ++k)
        if (word == names[k]) {
          d[k] += sign;
          known = true;
        }
      if (!known) throw UnitError("unknown unit " + std::string(word));
      i = end;
    }
  }
  return d;
}

struct Quantity {
  double x = 0;
  Dimension dimension{};

  Quantity() = default;
  Quantity(double value) : x(value) {}
  Quantity(double value, Dimension d) : x(value), dimension(d) {}
  explicit operator double() const { return x; }

  friend Quantity operator+(const Quantity& a, const Quantity& b) { return {a.x + b.x, shared(a, b)}; }
  friend Quantity operator-(const Quantity& a, const Quantity& b) { return {a.x - b.x, shared(a, b)}; }
  friend Quantity operator-(const Quantity& a) { return {-a.x, a.dimension}; }
  friend Quantity operator*(const Quantity& a, const Quantity& b) { return {a.x * b.x, combined(a, b, 1)}; }
  friend Quantity operator/(const Quantity& a, const Quantity& b) { return {a.x / b.x, combined(a, b, -1)}; }
  friend bool operator<(const Quantity& a, const Quantity& b) {
    shared(a, b);
    return a.x < b.x;
  }
  friend Quantity select(bool question, const Quantity& a, const Quantity& b) {
    return {question ? a.x : b.x, shared(a, b)};
  }
  friend Quantity reciprocal(const Quantity& a) { return Quantity(1.0) / a; }
  friend Quantity exp(const Quantity& a) { return std::exp(pure(a)); }
  friend Quantity log(const Quantity& a) { return std::log(pure(a)); }
  friend Quantity pow(const Quantity& a, const Quantity& b) { return std::pow(pure(a), pure(b)); }
  friend Quantity sqrt(const Quantity& a) {
    Quantity r(std::sqrt(a.x));
    for (std::size_t k = 0; k < r.dimension.size(); ++k) {
      if (a.dimension[k] % 2) throw UnitError("square root of an odd power");
      r.dimension[k] = a.dimension[k] / 2;
    }
    return r;
  }
  friend Quantity value_of(const Quantity& a) { return a; }

 private:
  /// A literal zero fits every unit.
  bool is_nothing() const { return x == 0 && dimension == Dimension{}; }

  static Dimension shared(const Quantity& a, const Quantity& b) {
    if (a.is_nothing()) return b.dimension;
    if (b.is_nothing()) return a.dimension;
    if (a.dimension != b.dimension) throw UnitError("unlike units are added or compared");
    return a.dimension;
  }
  static Dimension combined(const Quantity& a, const Quantity& b, int sign) {
    Dimension d = a.dimension;
    for (std::size_t k = 0; k < d.size(); ++k) d[k] += sign * b.dimension[k];
    return d;
  }
  static double pure(const Quantity& a) {
    if (a.dimension != Dimension{}) throw UnitError("a function needs a pure number");
    return a.x;
  }
};

}  // namespace qdose
