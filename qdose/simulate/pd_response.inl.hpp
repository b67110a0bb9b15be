// The observed response of a PD class and its derivatives, taken from its definition at compile time.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/num/batch.hpp"
#include "qdose/num/expression.hpp"

namespace qdose::QDOSE_ISA {

/// Inputs: 0 the concentration, then the states, then the parameters.
struct ResponseGraph {
  ExpressionGraph graph;
  std::array<int, ExpressionGraph::capacity> by{};  ///< derivative by each input; -1: zero
  NodeSet once{}, each{};                           ///< what to compute once, and at each response
};

template <class M>
consteval ResponseGraph make_response_graph() {
  constexpr int ns = static_cast<int>(M::states.size()), np = static_cast<int>(M::parameters.size());
  ResponseGraph response;
  ExpressionGraph& g = response.graph;
  const Expression C = Expression::input(g, 0);
  States<M, Expression> y{};
  Parameters<M, Expression> p;
  for (int s = 0; s < ns; ++s) y[static_cast<std::size_t>(s)] = Expression::input(g, 1 + s);
  for (int i = 0; i < np; ++i) p[static_cast<std::size_t>(i)] = Expression::input(g, 1 + ns + i);
  NodeSet all, outputs{};
  all.fill(true);
  const auto by = derivatives(g, M::response(C, y, p).index_in(g), all);
  for (int i = 0; i < 1 + ns + np; ++i) {
    const Expression& e = by[static_cast<std::size_t>(Expression::input(g, i).index_in(g))];
    int& place = response.by[static_cast<std::size_t>(i)];
    place = e.is(0) ? -1 : e.index_in(g);
    if (place >= 0) outputs[static_cast<std::size_t>(place)] = true;
  }
  const NodeSet needed = needed_for(g, outputs), changing = depending_on_first(g, 1 + ns);
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.size); ++i) {
    const bool computed = needed[i] && g.node[i].op != Op::input;
    response.once[i] = computed && !changing[i];
    response.each[i] = computed && changing[i];
  }
  return response;
}

template <class M>
class ResponseOf {
 public:
  static constexpr ResponseGraph graph = make_response_graph<M>();
  static constexpr ExpressionGraph nodes = graph.graph;
  static constexpr NodeSet once = graph.once, each = graph.each;
  static constexpr NodeSet changing = depending_on_first(nodes, 1 + static_cast<int>(M::states.size()));
  static constexpr std::size_t ns = M::states.size(), size = static_cast<std::size_t>(nodes.size);
  using Values = std::array<Batch, size>;

  [[gnu::always_inline]] static Values prepare(const Parameters<M, Batch>& p) {
    Values v;
    unrolled<size>([&](auto i) __attribute__((always_inline)) {
      constexpr ExpressionNode node = nodes.node[i];
      if constexpr (node.op == Op::input && node.a > static_cast<int>(ns))
        v[i] = p[static_cast<std::size_t>(node.a) - 1 - ns];
    });
    compute<nodes, once>(v);
    return v;
  }
  /// Derivatives by the concentration, the states and the parameters; those that are not 0 are set.
  using Derivatives = std::array<Batch, 1 + ns + M::parameters.size()>;
  [[gnu::always_inline]] static Derivatives at(const Values& held, const Batch& C,
                                               const States<M, Batch>& y) {
    std::array<Values, 1> v;
    unrolled<size>([&](auto i) __attribute__((always_inline)) {
      constexpr ExpressionNode node = nodes.node[i];
      if constexpr (node.op == Op::input && node.a == 0) v[0][i] = C;
      if constexpr (node.op == Op::input && node.a > 0 && node.a <= static_cast<int>(ns))
        v[0][i] = y[static_cast<std::size_t>(node.a - 1)];
    });
    compute_together<nodes, each, changing>(held, v);
    Derivatives by;
    unrolled<by.size()>([&](auto input) __attribute__((always_inline)) {
      if constexpr (uses<input>()) {
        constexpr auto place = static_cast<std::size_t>(graph.by[input]);
        by[input] = changing[place] ? v[0][place] : held[place];
      }
    });
    return by;
  }
  template <std::size_t input>
  static constexpr bool uses() {
    return graph.by[input] >= 0;
  }
};

}  // namespace qdose::QDOSE_ISA
