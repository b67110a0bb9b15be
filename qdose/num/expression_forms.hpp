// Other forms of the same expression, in which less changes from one evaluation to the next.
#pragma once
#include "qdose/num/expression.hpp"

namespace qdose {

/// Node `of` computed anew, `product` for products; `replace` sees every new node with its number before. New
/// nodes join the graph.
template <class Product, class Replace>
constexpr Expression rebuilt(ExpressionGraph& graph, int of, Product product, Replace replace) {
  std::array<Expression, ExpressionGraph::capacity> now{};
  NodeSet wanted{};
  wanted[static_cast<std::size_t>(of)] = true;
  wanted = needed_for(graph, wanted);
  const auto at = [&](int i) { return now[static_cast<std::size_t>(i)]; };
  for (int i = 0; i <= of; ++i) {
    const ExpressionNode n = graph.node[static_cast<std::size_t>(i)];
    if (!wanted[static_cast<std::size_t>(i)]) continue;
    Expression& e = now[static_cast<std::size_t>(i)];
    if (n.op == Op::constant || n.op == Op::input) e = Expression::at(graph, i);
    if (n.op == Op::add) e = at(n.a) + at(n.b);
    if (n.op == Op::subtract) e = at(n.a) - at(n.b);
    if (n.op == Op::multiply) e = product(at(n.a), at(n.b));
    if (n.op == Op::negate) e = -at(n.a);
    if (n.op == Op::reciprocal) e = reciprocal(at(n.a));
    if (n.op == Op::exp) e = exp(at(n.a));
    if (n.op == Op::log) e = log(at(n.a));
    if (n.op == Op::sqrt) e = sqrt(at(n.a));
    if (n.op == Op::select) e = select(at(n.a) < at(n.b), at(n.c), at(n.d));
    e = replace(i, e);
  }
  return at(of);
}

/// Node `of` with every x/(k + x) as 1 - k/(k + x), where x changes with the first `count` inputs and k does
/// not: what changes is then the reciprocal alone.
constexpr Expression with_partial_fractions(ExpressionGraph& graph, int of, int count) {
  // p x/(k + x), or nothing: the numerator's factors `p` and `x`, the reciprocal at `r`.
  const auto fraction = [&](const Expression& p, const Expression& x, int r, Expression& result) {
    const ExpressionNode inverse = graph.node[static_cast<std::size_t>(r)];
    if (inverse.op != Op::reciprocal) return false;
    const ExpressionNode sum = graph.node[static_cast<std::size_t>(inverse.a)];
    if (sum.op != Op::add) return false;
    const int place = x.index_in(graph);
    const NodeSet varies = depending_on_first(graph, count);
    for (const auto& [own, other] : {std::pair(sum.a, sum.b), std::pair(sum.b, sum.a)}) {
      if (own != place || !varies[static_cast<std::size_t>(own)] || varies[static_cast<std::size_t>(other)])
        continue;
      result = p * (Expression(1.0) - Expression::at(graph, other) * Expression::at(graph, r));
      return true;
    }
    return false;
  };
  const auto product = [&](const Expression& a, const Expression& b) {
    Expression result;
    for (const auto& [top, below] : {std::pair(a, b), std::pair(b, a)}) {
      const int r = below.index_in(graph);
      if (fraction(1.0, top, r, result)) return result;
      const ExpressionNode n = graph.node[static_cast<std::size_t>(top.index_in(graph))];
      if (n.op != Op::multiply) continue;
      const Expression left = Expression::at(graph, n.a), right = Expression::at(graph, n.b);
      if (fraction(left, right, r, result) || fraction(right, left, r, result)) return result;
    }
    return a * b;
  };
  return rebuilt(graph, of, product, [](int, const Expression& e) { return e; });
}

/// A node as base + scale * shape, where base and scale do not change with the first inputs: nodes, shape the
/// first that does it (the node itself with base 0 and scale 1, if need be).
struct AffineForm {
  int base = -1, scale = -1, shape = -1;
};
constexpr AffineForm affine_form(ExpressionGraph& graph, int of, int count) {
  const ExpressionGraph before = graph;
  for (int shape = 0; shape < of; ++shape) {
    NodeSet through = depending_on_first(graph, count);
    if (!through[static_cast<std::size_t>(shape)]) continue;
    through[static_cast<std::size_t>(shape)] = false;
    const auto by = derivatives(graph, of, through);
    const int scale = by[static_cast<std::size_t>(shape)].index_in(graph);
    bool affine = !depending_on_first(graph, count)[static_cast<std::size_t>(scale)];
    for (int i = 0; i < before.size; ++i) {
      const ExpressionNode& n = before.node[static_cast<std::size_t>(i)];
      if (n.op == Op::input && n.a < count && i != shape)
        affine = affine && by[static_cast<std::size_t>(i)].is(0);
    }
    if (affine) {
      const Expression base = rebuilt(
          graph, of, [](const Expression& a, const Expression& b) { return a * b; },
          [&](int i, const Expression& e) { return i == shape ? Expression(0.0) : e; });
      return {base.index_in(graph), scale, shape};
    }
    graph = before;
  }
  return {Expression(0.0).index_in(graph), Expression(1.0).index_in(graph), of};
}

}  // namespace qdose
