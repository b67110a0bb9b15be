// An amount that leaves by linear and saturable elimination side by side: the one course on which it falls,
// whatever it starts from.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/math.hpp"

namespace qdose {

/// dA/dt = -k A - w A/(1 + c), c = A/unit. With u = ln c and s = k + w, the clock
///   x(u) = -(u + (1 - share)/share ln(1 + share c)),   share = k/s,
/// advances by s dt in dt hours, for any amount: separation of variables. So du/dx = -speed, where
/// speed = (1 + share c)/(1 + c) falls from 1 for small c to share for large ones.
template <class R>
struct SaturableFall {
  R unit;   ///< mg of c = 1
  R rate;   ///< s, 1/h: hours times rate are time on the clock
  R share;  ///< of linear elimination at small amounts, in (0, 1]

  /// The course around x: u + dx (slope[0] + dx (slope[1] + ...)) at x + dx. The error is below (dx/3)^6.
  struct Near {
    R u, x;
    std::array<R, 5> slope;
    [[gnu::always_inline]] R change(const R& dx) const {
      return dx * horner(slope[4], dx, slope[3], slope[2], slope[1], slope[0]);
    }
  };
  /// A place on the course: its amount, ln(1 + share c), the inverse of 1 + share c, and what is around it.
  struct Place {
    R c, level, open;
    Near near;
  };

  [[gnu::always_inline]] R speed(const R& c) const { return (R(1.0) + share * c) * reciprocal(R(1.0) + c); }

  /// The place of u = ln c.
  [[gnu::always_inline]] Place place(const R& u, const R& c) const {
    const R one = R(1.0), w = one - share, z = share * c, y = one + z, d = one + c;
    const R both = reciprocal(y * d), open = both * d, g = both * y;
    // The logarithm of 1 + z as rounded, and what rounding took: exact to rounding for any z.
    const R level = log(y) + (z - (y - one)) * open;
    return {c, level, open, {u, -(u + w * reciprocal(share) * level), slopes(c, y * g, g)}};
  }
  [[gnu::always_inline]] Place at(const R& u) const { return place(u, exp(u)); }
  /// Less than 1e-300 is taken for that.
  [[gnu::always_inline]] Place at_amount(const R& c) const {
    const R least = R(1e-300), some = select(c < least, least, c);
    return place(log(some), some);
  }

  /// dx/d share at fixed c: with z = share c, it is c^2 (ln(1 + z) - z/(1 + z))/z^2 + c/(1 + z).
  [[gnu::always_inline]] R clock_by_share(const R& c, const R& level) const {
    const R z = share * c, open = reciprocal(R(1.0) + z), limit = R(1e-3);
    const R series = c * c * horner(R(-4.0 / 5), z, 3.0 / 4, -2.0 / 3, 1.0 / 2);
    return select(z < limit, series, (level - z * open) * reciprocal(share * share)) + c * open;
  }

  /// u where the clock shows x, seen from somewhere else: to a few hundredths.
  [[gnu::always_inline]] R estimate(const Near& from, const R& x) const {
    const R dx = x - from.x, d4 = dx * dx * (dx * dx), guess = from.u + from.change(dx);
    // The series' last terms tell how much it leaves out, but not on the way back from very little.
    const R fourth = from.slope[3] * d4, fifth = from.slope[4] * d4 * dx, most = R(0.25 * 0.25),
            back = R(-1.5);
    const auto far = most < select(dx < back, R(1.0), fourth * fourth + fifth * fifth);
    return any(far) ? select(far, from_lines(from, x), guess) : guess;
  }

  /// Whether the clock at a place is too far from x for its series to give the rest.
  [[gnu::always_inline]] static auto is_far(const Near& from, const R& x) {
    const R dx = x - from.x, least = R(0.01 * 0.01);
    return least < dx * dx;
  }
  /// A place where the clock nearly shows x, seen from one where it may not.
  [[gnu::always_inline]] Place approach(Place from, const R& x) const {
    constexpr int steps = 12;
    for (int i = 0; i < steps; ++i) {
      const auto far = is_far(from.near, x);
      if (!any(far)) break;
      from = chosen(far, at(estimate(from.near, x)), from);
    }
    return from;
  }

  /// What clock_by_share needs to know of a place.
  struct Amount {
    R c, level;
  };
  /// Where the clock shows x, seen from where it nearly does. Relative error: that of x times the speed
  /// there, and rounding.
  [[gnu::always_inline]] Amount amount(const Place& from, const R& x) const {
    const R du = from.near.change(x - from.near.x);
    const R growth = du * horner(R(1.0 / 120), du, 1.0 / 24, 1.0 / 6, 0.5, 1.0);
    const R y = share * from.c * growth * from.open;  // 1 + z becomes (1 + z)(1 + y)
    const R more = y * horner(R(1.0 / 5), y, -1.0 / 4, 1.0 / 3, -1.0 / 2, 1.0);
    return {from.c + from.c * growth, from.level + more};
  }

  /// Where `question` is true a, else b.
  template <class C>
  [[gnu::always_inline]] static Near chosen(const C& question, const Near& a, const Near& b) {
    Near r{select(question, a.u, b.u), select(question, a.x, b.x), {}};
    for (std::size_t i = 0; i < r.slope.size(); ++i) r.slope[i] = select(question, a.slope[i], b.slope[i]);
    return r;
  }

 private:
  template <class C>
  [[gnu::always_inline]] static Place chosen(const C& question, const Place& a, const Place& b) {
    return {select(question, a.c, b.c), select(question, a.level, b.level), select(question, a.open, b.open),
            chosen(question, a.near, b.near)};
  }

  /// The first five derivatives of u by x over their factorials, from those of g = 1/(1 + c): with
  /// q = g (1 - g), dg/dx = q speed and dspeed/dx = w q speed.
  [[gnu::always_inline]] std::array<R, 5> slopes(const R& c, const R& v, const R& g) const {
    const R w = R(1.0) - share, q = c * g * g, m = (c - R(1.0)) * g, bend = q * v, turn = w * m - v;
    const R a1 = m * v + w * q, b = R(2.0) * bend * turn, a2 = a1 * a1 + b;
    const R a3 = a1 * (a2 + R(3.0) * b) - R(6.0) * w * bend * bend, first = -(w * bend);
    return {-v, first * R(1.0 / 2), first * a1 * R(1.0 / 6), first * a2 * R(1.0 / 24),
            first * a3 * R(1.0 / 120)};
  }

  /// `estimate` from afar. u is concave in x and c convex: each lies on one side of its tangents. The course
  /// is near that of c where it is saturated and what is left of it linear is little, else near those of u or
  /// the bound on a large c that leaves u out of the clock.
  [[gnu::noinline]] R from_lines(const Near& from, const R& x) const {
    const R one = R(1.0), w = one - share, dx = x - from.x, linear = -(share * x) - w * log(share);
    const R u = least_of(least_of(from.u + from.slope[0] * dx, -x), least_of(linear, log_of_bound(x)));
    const R tangent = exp(from.u) * (one + from.slope[0] * dx);
    const R large = select(share * tangent < one, tangent, one);
    return select(one < large, least_of(log(select(one < large, large, one)), u), u);
  }
  /// Where c > 1: (1 - share)/share ln(1 + share c) < -x.
  R log_of_bound(const R& x) const {
    const R one = R(1.0), none = R(0.0), least = R(1e-30), few = R(0.01), w = one - share;
    const R behind = select(x < none, -x, none) / select(w < least, least, w), t = share * behind;
    const R bound =
        select(t < few, behind * horner(R(1.0 / 24), t, 1.0 / 6, 0.5, 1.0), (exp(t) - one) / share);
    return log(select(bound < one, one, bound));
  }
  [[gnu::always_inline]] static R least_of(const R& a, const R& b) { return select(a < b, a, b); }
};

/// The course for the rates k and w (1/h). One with a share below 1e-30 is that for 1e-30.
template <class R>
SaturableFall<R> saturable_fall(const R& k, const R& w, const R& unit) {
  const R rate = k + w, share = k / rate, least = R(1e-30);
  return {unit, rate, select(share < least, least, share)};
}

}  // namespace qdose
