// A scalar that records, at compile time, how it was computed: kernels take a class's equations apart with
// it, differentiate them symbolically, and compute outside their loops what does not change within.
#pragma once
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "qdose/num/math.hpp"

namespace qdose {

enum class Op : unsigned char {
  constant,
  input,
  add,
  subtract,
  multiply,
  negate,
  reciprocal,
  exp,
  log,
  sqrt,
  select  ///< a < b ? c : d
};

struct ExpressionNode {
  Op op = Op::constant;
  int a = -1, b = -1, c = -1, d = -1;  ///< operands; of an input, a is its number
  double value = 0;                    ///< of a constant
  constexpr bool operator==(const ExpressionNode&) const = default;
};

/// Nodes in the order in which they can be computed; equal ones are kept once.
struct ExpressionGraph {
  static constexpr std::size_t capacity = 128;
  std::array<ExpressionNode, capacity> node{};
  int size = 0;

  constexpr int put(const ExpressionNode& wanted) {
    for (int i = 0; i < size; ++i)
      if (node[static_cast<std::size_t>(i)] == wanted) return i;
    if (size == static_cast<int>(capacity)) throw "the equations of this class have too many operations";
    node[static_cast<std::size_t>(size)] = wanted;
    return size++;
  }
};

/// A number known at compile time, or a node of a graph.
class Expression {
 public:
  constexpr Expression() = default;
  constexpr Expression(double value) : value_(value) {}
  static constexpr Expression input(ExpressionGraph& graph, int number) {
    return Expression(graph, {.op = Op::input, .a = number});
  }
  static constexpr Expression at(ExpressionGraph& graph, int index) {
    Expression e;
    const auto& node = graph.node[static_cast<std::size_t>(index)];
    if (node.op == Op::constant) return Expression(node.value);
    e.graph_ = &graph;
    e.index_ = index;
    return e;
  }
  /// Its node; a constant becomes one.
  constexpr int index_in(ExpressionGraph& graph) const {
    return graph_ ? index_ : graph.put({.op = Op::constant, .value = value_});
  }
  constexpr bool is(double value) const { return !graph_ && value_ == value; }

  friend constexpr Expression operator+(const Expression& a, const Expression& b) {
    if (!a.graph_ && !b.graph_) return a.value_ + b.value_;
    if (a.is(0)) return b;
    if (b.is(0)) return a;
    return binary(Op::add, a, b);
  }
  friend constexpr Expression operator-(const Expression& a, const Expression& b) {
    if (!a.graph_ && !b.graph_) return a.value_ - b.value_;
    if (b.is(0)) return a;
    if (a.is(0)) return -b;
    return binary(Op::subtract, a, b);
  }
  friend constexpr Expression operator*(const Expression& a, const Expression& b) {
    if (!a.graph_ && !b.graph_) return a.value_ * b.value_;
    if (a.is(0) || b.is(0)) return 0.0;
    if (a.is(1)) return b;
    if (b.is(1)) return a;
    if (a.is(-1)) return -b;
    if (b.is(-1)) return -a;
    return binary(Op::multiply, a, b);
  }
  friend constexpr Expression operator/(const Expression& a, const Expression& b) {
    if (!b.graph_) return a * Expression(1.0 / b.value_);
    return a * reciprocal(b);
  }
  friend constexpr Expression operator-(const Expression& a) {
    if (!a.graph_) return -a.value_;
    const auto& node = a.graph_->node[static_cast<std::size_t>(a.index_)];
    if (node.op == Op::negate) return at(*a.graph_, node.a);
    return a.unary(Op::negate);
  }
  friend constexpr Expression reciprocal(const Expression& a) {
    return a.graph_ ? a.unary(Op::reciprocal) : Expression(1.0 / a.value_);
  }
  friend constexpr Expression exp(const Expression& a) {
    return a.graph_ ? a.unary(Op::exp) : Expression(__builtin_exp(a.value_));
  }
  friend constexpr Expression log(const Expression& a) {
    return a.graph_ ? a.unary(Op::log) : Expression(__builtin_log(a.value_));
  }
  friend constexpr Expression sqrt(const Expression& a) {
    return a.graph_ ? a.unary(Op::sqrt) : Expression(__builtin_sqrt(a.value_));
  }

  /// The question whether one value is smaller than another, undecided.
  struct Less;
  friend constexpr Less operator<(const Expression& a, const Expression& b);
  friend constexpr Less operator>(const Expression& a, const Expression& b);
  friend constexpr Expression select(const Less& question, const Expression& yes, const Expression& no);

 private:
  constexpr Expression(ExpressionGraph& graph, const ExpressionNode& node)
      : graph_(&graph), index_(graph.put(node)) {}
  constexpr Expression unary(Op op) const { return Expression(*graph_, {.op = op, .a = index_}); }
  static constexpr Expression binary(Op op, const Expression& a, const Expression& b) {
    ExpressionGraph& graph = a.graph_ ? *a.graph_ : *b.graph_;
    return Expression(graph, {.op = op, .a = a.index_in(graph), .b = b.index_in(graph)});
  }

  ExpressionGraph* graph_ = nullptr;
  int index_ = -1;
  double value_ = 0;
};

struct Expression::Less {
  Expression a, b;
};
constexpr Expression::Less operator<(const Expression& a, const Expression& b) { return {a, b}; }
constexpr Expression::Less operator>(const Expression& a, const Expression& b) { return {b, a}; }
constexpr Expression select(const Expression::Less& question, const Expression& yes, const Expression& no) {
  ExpressionGraph* graph = nullptr;
  for (const Expression* e : {&question.a, &question.b, &yes, &no})
    if (e->graph_) graph = e->graph_;
  if (!graph) return question.a.value_ < question.b.value_ ? yes : no;
  if (yes.graph_ == no.graph_ && yes.index_ == no.index_ && yes.value_ == no.value_) return yes;
  return Expression(*graph, {.op = Op::select,
                             .a = question.a.index_in(*graph),
                             .b = question.b.index_in(*graph),
                             .c = yes.index_in(*graph),
                             .d = no.index_in(*graph)});
}

/// Which nodes a set of nodes needs, itself included.
using NodeSet = std::array<bool, ExpressionGraph::capacity>;

constexpr NodeSet needed_for(const ExpressionGraph& graph, NodeSet wanted) {
  for (int i = graph.size - 1; i >= 0; --i) {
    const ExpressionNode& n = graph.node[static_cast<std::size_t>(i)];
    if (!wanted[static_cast<std::size_t>(i)] || n.op == Op::input) continue;
    for (int operand : {n.a, n.b, n.c, n.d})
      if (operand >= 0) wanted[static_cast<std::size_t>(operand)] = true;
  }
  return wanted;
}

/// Which nodes change with the inputs 0 ... `count` - 1.
constexpr NodeSet depending_on_first(const ExpressionGraph& graph, int count) {
  NodeSet depends{};
  for (int i = 0; i < graph.size; ++i) {
    const ExpressionNode& n = graph.node[static_cast<std::size_t>(i)];
    bool& here = depends[static_cast<std::size_t>(i)];
    if (n.op == Op::input)
      here = n.a < count;
    else
      for (int operand : {n.a, n.b, n.c, n.d})
        if (operand >= 0) here = here || depends[static_cast<std::size_t>(operand)];
  }
  return depends;
}

/// Derivatives of node `of` by all nodes, by reverse sweep over the nodes in `through`; new nodes join the
/// graph. A node outside `through` is a variable: its derivative is found, its operands' are not.
constexpr std::array<Expression, ExpressionGraph::capacity> derivatives(ExpressionGraph& graph, int of,
                                                                        const NodeSet& through) {
  std::array<Expression, ExpressionGraph::capacity> by{};
  by[static_cast<std::size_t>(of)] = 1.0;
  const auto at = [&](int i) { return Expression::at(graph, i); };
  for (int i = of; i >= 0; --i) {
    const ExpressionNode n = graph.node[static_cast<std::size_t>(i)];
    const Expression u = by[static_cast<std::size_t>(i)];
    if (u.is(0) || !through[static_cast<std::size_t>(i)] || n.op == Op::input || n.op == Op::constant)
      continue;
    const auto add = [&](int operand, const Expression& x) {
      by[static_cast<std::size_t>(operand)] = by[static_cast<std::size_t>(operand)] + x;
    };
    const Expression here = at(i);
    if (n.op == Op::add || n.op == Op::subtract) {
      add(n.a, u);
      add(n.b, n.op == Op::add ? u : -u);
    } else if (n.op == Op::multiply) {
      add(n.a, u * at(n.b));
      add(n.b, u * at(n.a));
    } else if (n.op == Op::negate) {
      add(n.a, -u);
    } else if (n.op == Op::reciprocal) {
      add(n.a, -(u * (here * here)));
    } else if (n.op == Op::exp) {
      add(n.a, u * here);
    } else if (n.op == Op::log) {
      add(n.a, u * reciprocal(at(n.a)));
    } else if (n.op == Op::sqrt) {
      add(n.a, u * (Expression(0.5) * reciprocal(here)));
    } else {
      add(n.c, select(at(n.a) < at(n.b), u, Expression(0.0)));
      add(n.d, select(at(n.a) < at(n.b), Expression(0.0), u));
    }
  }
  return by;
}

/// Node I of a graph known at compile time, which is no input; at_node(integral constant i) is the value of
/// node i.
template <const ExpressionGraph& graph, std::size_t I, class R, class At>
[[gnu::always_inline]] inline R node_value(At at_node) {
  constexpr ExpressionNode n = graph.node[I];
  constexpr std::integral_constant<int, n.a> a{};
  constexpr std::integral_constant<int, n.b> b{};
  if constexpr (n.op == Op::constant) return R(n.value);
  if constexpr (n.op == Op::add) return at_node(a) + at_node(b);
  if constexpr (n.op == Op::subtract) return at_node(a) - at_node(b);
  if constexpr (n.op == Op::multiply) return at_node(a) * at_node(b);
  if constexpr (n.op == Op::negate) return -at_node(a);
  if constexpr (n.op == Op::reciprocal) return reciprocal(at_node(a));
  if constexpr (n.op == Op::exp) return exp(at_node(a));
  if constexpr (n.op == Op::log) return log(at_node(a));
  if constexpr (n.op == Op::sqrt) return sqrt(at_node(a));
  if constexpr (n.op == Op::select)
    return select(at_node(a) < at_node(b), at_node(std::integral_constant<int, n.c>{}),
                  at_node(std::integral_constant<int, n.d>{}));
}

/// Computes all nodes in `wanted`, in order; inputs and what is left out must be in `v` already.
template <const ExpressionGraph& graph, const NodeSet& wanted, std::size_t I = 0, class R, std::size_t N>
[[gnu::always_inline]] inline void compute(std::array<R, N>& v) {
  if constexpr (I < N && I < static_cast<std::size_t>(graph.size)) {
    if constexpr (wanted[I] && graph.node[I].op != Op::input)
      v[I] = node_value<graph, I, R>([&](auto i) __attribute__((always_inline))->const R& { return v[i]; });
    compute<graph, wanted, I + 1>(v);
  }
}

/// body(0) ... body(n - 1), with numbers known at compile time: arrays they index stay in registers.
template <std::size_t n, class Body>
[[gnu::always_inline]] inline void unrolled(Body body) {
  [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    (body(std::integral_constant<std::size_t, k>{}), ...);
  }
  (std::make_index_sequence<n>{});
}

/// The reciprocals of all of x, from the reciprocal of their product: a division costs as much as a dozen
/// products. Relative error below 4 eps; products must stay in the range of numbers.
template <class R, std::size_t n>
[[gnu::always_inline]] inline void invert_together(std::array<R, n>& x) {
  if constexpr (n == 1) {
    x[0] = reciprocal(x[0]);
  } else {
    std::array<R, (n + 1) / 2> y;
    unrolled<n / 2>([&](auto k) __attribute__((always_inline)) { y[k] = x[2 * k] * x[2 * k + 1]; });
    if constexpr (n % 2 == 1) y[n / 2] = x[n - 1];
    invert_together(y);
    unrolled<n / 2>([&](auto k) __attribute__((always_inline)) {
      const R first = y[k] * x[2 * k + 1];
      x[2 * k + 1] = y[k] * x[2 * k];
      x[2 * k] = first;
    });
    if constexpr (n % 2 == 1) x[n - 1] = y[n / 2];
  }
}

/// compute for n sets of values side by side, which share what is not in `changing` and lies in `held`.
template <const ExpressionGraph& graph, const NodeSet& wanted, const NodeSet& changing, std::size_t I = 0,
          class R, std::size_t N, std::size_t n>
[[gnu::always_inline]] inline void compute_together(const std::array<R, N>& held,
                                                    std::array<std::array<R, N>, n>& v) {
  if constexpr (I < N && I < static_cast<std::size_t>(graph.size)) {
    if constexpr (wanted[I] && graph.node[I].op == Op::reciprocal) {
      constexpr auto of = static_cast<std::size_t>(graph.node[I].a);
      std::array<R, n> x;
      unrolled<n>([&](auto k) __attribute__((always_inline)) { x[k] = v[k][of]; });
      invert_together(x);
      unrolled<n>([&](auto k) __attribute__((always_inline)) { v[k][I] = x[k]; });
    } else if constexpr (wanted[I] && graph.node[I].op != Op::input) {
      unrolled<n>([&](auto k) __attribute__((always_inline)) {
        v[k][I] = node_value<graph, I, R>([&](auto i) __attribute__((always_inline))->const R& {
          if constexpr (changing[static_cast<std::size_t>(i())]) return v[k][i];
          return held[i];
        });
      });
    }
    compute_together<graph, wanted, changing, I + 1>(held, v);
  }
}

}  // namespace qdose
