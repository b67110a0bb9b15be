// The vocabulary in which a model class is declared: one file a class, the same equations for every scalar
// type.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

namespace qdose {

enum class Role { pk, pd };

/// How a parameter varies and is sampled: `log` for positive values, `logit` for fractions in (0, 1).
enum class Scale { log, logit };

/// Identity of a class: the report's id and its row in the report's table (0-based), a title, the source.
struct About {
  int label;
  std::string_view id, title, source;
};

/// The report's sampling range: U(low, high), times exp(N(0, spread^2)) when spread > 0.
struct ReportRange {
  double low, high, spread;
};

/// One parameter of a class. A `fixed` value (not NaN) is what the report's equations hold constant: the
/// named prior `report` keeps it there, a trial's data may free it.
struct Parameter {
  std::string_view symbol, unit;
  Scale scale;
  ReportRange report;
  std::string_view meaning;
  double fixed = __builtin_nan("");
  constexpr bool is_fixed_in_report() const { return fixed == fixed; }
};

struct State {
  std::string_view symbol, unit;
};

/// Position of a symbol in a table; an unknown symbol is a compile-time error.
template <class Table>
consteval std::size_t index_of(const Table& table, std::string_view symbol) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].symbol == symbol) return i;
  throw "no such symbol in this model's table";
}

/// True when a table has the symbol.
template <class Table>
consteval bool has_symbol(const Table& table, std::string_view symbol) {
  for (const auto& row : table)
    if (row.symbol == symbol) return true;
  return false;
}

template <class M, class R>
using Parameters = std::array<R, M::parameters.size()>;
template <class M, class R>
using States = std::array<R, M::states.size()>;

/// Response of the concentration to a unit bolus: C(t) = sum_j amplitude_j exp(-rate_j t). Rates differ
/// pairwise.
template <class R, std::size_t N>
struct Modes {
  std::array<R, N> rate, amplitude;
};

/// Other parameters with the same concentrations at all times, where a class has such a second solution: its
/// own twin's twin is `p` again.
template <class M, class R>
struct Twin {
  decltype(std::declval<R>() > std::declval<R>()) exists;  ///< where it does not, the rest is no number
  Parameters<M, R> p;
  R log_jacobian;  ///< ln |d ln p / d ln (the parameters it is the twin of)|
};

/// What every PK class declares.
///  - `about`, `parameters`, `states` (amounts), `dose_state`: the state that a dose enters;
///  - `rhs(a, p)`: time derivative of the amounts without input; `concentration(a, p)`;
/// and, where they exist,
///  - `modes(p)`: the exact response to a unit bolus of a linear class with distinct rates;
///  - `advance(a, dt, p)`: the exact amounts after `dt` hours without input (any class);
///  - `absorption_limited`, true: what the class expects of its parameters is absorption slower than
///  elimination;
///  - a parameter "Tlag": doses enter that much later; a parameter "tau": doses are infused over that time.
template <class M>
concept PkModel = requires(States<M, double> a, Parameters<M, double> p) {
  { M::about.label } -> std::convertible_to<int>;
  { M::dose_state } -> std::convertible_to<std::size_t>;
  { M::rhs(a, p) } -> std::same_as<States<M, double>>;
  { M::concentration(a, p) } -> std::same_as<double>;
};

/// How the states of a PD class decay. `none`: no states, the response follows the concentration at once.
/// `constant`: d y_i/dt = a_i(C, y_{i-1}) - b_i y_i with b_i free of C. `driven`: one state, b depends on C.
enum class Loss { none, constant, driven };

/// What every PD class declares.
///  - `about`, `parameters`, `states`, `loss`;
///  - `baseline(p)`: states without drug; `rhs(C, y, p)`: their time derivative, linear in each state, a
///  chain;
///  - `response(C, y, p)`: the biomarker.
/// All three are constexpr: kernels take them apart at compile time (simulate/pd_pull.inl.hpp).
template <class M>
concept PdModel = requires(States<M, double> y, Parameters<M, double> p, double C) {
  { M::about.label } -> std::convertible_to<int>;
  { M::loss } -> std::convertible_to<Loss>;
  { M::baseline(p) } -> std::same_as<States<M, double>>;
  { M::rhs(C, y, p) } -> std::same_as<States<M, double>>;
  { M::response(C, y, p) } -> std::same_as<double>;
};

}  // namespace qdose
