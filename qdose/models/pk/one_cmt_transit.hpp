// One compartment fed through a chain of three transit compartments.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/models/linear_response.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pk {

/// A dose enters transit1; all transit rates are ktr; the last one feeds central.
struct OneCmtTransit {
  static constexpr About about{7, "pk_1c_transit_abs",
                               "one compartment, absorption through three transit compartments",
                               "Savic et al. 2007, J Pharmacokinet Pharmacodyn 34:711"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"ktr", "1/h", Scale::log, {0.05, 2.5, 0.25}, "transit rate constant"},
  };
  static constexpr std::array states{State{"transit1", "mg"}, State{"transit2", "mg"},
                                     State{"transit3", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "transit1");
  static constexpr std::size_t observed_state = index_of(states, "central");

  template <class R>
  static States<OneCmtTransit, R> rhs(const States<OneCmtTransit, R>& a,
                                      const Parameters<OneCmtTransit, R>& p) {
    const auto& [transit1, transit2, transit3, central] = a;
    const auto& [CL, V, ktr] = p;
    const R out1 = ktr * transit1, out2 = ktr * transit2, out3 = ktr * transit3;
    return {-out1, out1 - out2, out2 - out3, out3 - CL / V * central};
  }

  template <class R>
  static R concentration(const States<OneCmtTransit, R>& a, const Parameters<OneCmtTransit, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }

  /// The rates of the exponentials that amounts are made of.
  template <class R>
  static std::array<R, 2> rates(const Parameters<OneCmtTransit, R>& p) {
    const auto& [CL, V, ktr] = p;
    return {CL / V, ktr};
  }

  /// What of a unit in each state is in central after dt hours, where `decays` are exp(-rates dt), and its
  /// derivatives by the rates. With K_n for the n-th transit compartment before central,
  ///   dK_n/dk = (n+1)/ktr K_(n+1) - dt K_n,   dK_n/dktr = (n+1)/ktr (K_n - K_(n+1)).
  template <class R, class T>
  static LinearResponse<States<OneCmtTransit, R>, 2> response(const T& dt, const std::array<R, 2>& rates,
                                                              const std::array<R, 2>& decays) {
    const auto& [k, ktr] = rates;
    const auto reach = shares<4>(dt, rates, decays);
    const R delay = reciprocal(ktr);
    const auto by_k = [&](std::size_t n) {
      return R(static_cast<double>(n + 1)) * delay * reach[n + 1] - dt * reach[n];
    };
    const auto by_ktr = [&](std::size_t n) {
      return R(static_cast<double>(n + 1)) * delay * (reach[n] - reach[n + 1]);
    };
    return {{reach[2], reach[1], reach[0], decays[0]},
            {{{by_k(2), by_k(1), by_k(0), -(dt * decays[0])}, {by_ktr(2), by_ktr(1), by_ktr(0), R(0.0)}}}};
  }

  /// What of a unit in each state (second index) is in each state (first) after dt hours.
  template <class R, class T>
  static std::array<States<OneCmtTransit, R>, 4> transition(const T& dt, const std::array<R, 2>& rates,
                                                            const std::array<R, 2>& decays) {
    const auto reach = shares<3>(dt, rates, decays);
    const R none = R(0.0), stay = decays[1], x = rates[1] * dt, next = stay * x, third = R(0.5) * x * next;
    return {{{stay, none, none, none},
             {next, stay, none, none},
             {third, next, stay, none},
             {reach[2], reach[1], reach[0], decays[0]}}};
  }

  /// Exact amounts after dt hours, with a relative error below 1e-12.
  template <class R, class T>
  static States<OneCmtTransit, R> advance(const States<OneCmtTransit, R>& a, const T& dt,
                                          const Parameters<OneCmtTransit, R>& p) {
    const auto r = rates(p);
    const auto share = transition(dt, r, {exp(-(r[0] * dt)), exp(-(r[1] * dt))});
    const auto& [transit1, transit2, transit3, central] = a;
    return {share[0][0] * transit1, share[1][1] * transit2 + share[1][0] * transit1,
            share[2][2] * transit3 + share[2][1] * transit2 + share[2][0] * transit1,
            share[3][3] * central + share[3][2] * transit3 + share[3][1] * transit2 + share[3][0] * transit1};
  }

 private:
  /// What of a unit in the n-th compartment before central (the last is the 0th) is in central after dt
  /// hours, for n < N: an Erlang chain. With x = ktr dt and delta = (ktr - k) dt it is x^(n+1) F_n,
  ///   F_n = exp(-x) int_0^1 exp(delta r) (1 - r)^n / n! dr,   delta F_n = F_(n-1) - exp(-x)/n!,   F_(-1) =
  ///   exp(-k dt):
  /// upwards by that recursion, downwards from a series in delta where the rates nearly agree.
  template <std::size_t N, class R, class T>
  static std::array<R, N> shares(const T& dt, const std::array<R, 2>& rates, const std::array<R, 2>& decays) {
    const auto& [kept, stay] = decays;
    const R x = rates[1] * dt, delta = x - rates[0] * dt, limit = R(0.5);
    const auto close = select(delta < R(0.0), -delta, delta) < limit;
    std::array<R, N> F;
    F.fill(R(0.0));
    if (any(close)) F = near_shares<N>(select(close, delta, R(0.0)), kept, stay);
    const R inverse = reciprocal(select(close, R(1.0), delta));
    R before = kept, power = R(1.0);
    for (std::size_t n = 0; n < N; ++n) {
      before = (before - R(over_factorial(n)) * stay) * inverse;
      power = power * x;
      F[n] = power * select(close, F[n], before);
    }
    return F;
  }
  /// F from the last to the first, for |delta| <= 1/2, from exp(-k dt) times
  ///   1/(N-1)! int_0^1 r^(N-1) exp(-delta r) dr = 1/(N-1)! sum_j (-delta)^j / (j! (j + N)).
  template <std::size_t N, class R>
  static std::array<R, N> near_shares(const R& delta, const R& kept, const R& stay) {
    constexpr auto coefficient = [] {
      std::array<double, 14> c;
      for (std::size_t j = 0; j < c.size(); ++j)
        c[j] = over_factorial(j) * over_factorial(N - 1) / static_cast<double>(j + N);
      return c;
    }();
    R sum = R(coefficient.back());
    for (std::size_t j = coefficient.size() - 1; j-- > 0;) sum = R(coefficient[j]) - delta * sum;
    std::array<R, N> F;
    F[N - 1] = kept * sum;
    for (std::size_t n = N - 1; n > 0; --n) F[n - 1] = delta * F[n] + R(over_factorial(n)) * stay;
    return F;
  }
  static constexpr double over_factorial(std::size_t n) {
    double product = 1;
    for (std::size_t i = 2; i <= n; ++i) product *= static_cast<double>(i);
    return 1 / product;
  }
};

}  // namespace qdose::pk
