// What pulls one state of a PD class, taken from its equations at compile time: dy/dt = level - loss y. The
// level (and a driven loss) is computed at every node with as little as the equations leave once everything
// that depends on parameters alone is taken out; derivatives likewise. With a constant loss that is less than
// the level: its shape, with level = base + scale * shape.
#pragma once
#include <algorithm>

#include "qdose/models/definition.hpp"
#include "qdose/num/batch.hpp"
#include "qdose/num/dual.hpp"
#include "qdose/num/expression.hpp"
#include "qdose/num/expression_forms.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

/// The graph of state s of class M. Inputs: 0 the concentration, 1 the state before, 2 the state itself, then
/// the parameters.
struct PullGraph {
  static constexpr int first_parameter = 3;
  ExpressionGraph graph;
  int level = -1, loss = -1;                 ///< with a constant loss the level's shape stands for it
  int base = -1, scale = -1;                 ///< of a constant loss
  std::array<int, 2> level_by{}, loss_by{};  ///< derivatives by inputs 0 and 1; -1: zero
  /// Nodes of parameters alone that the rest uses, and the derivatives by them (-1: zero).
  std::array<int, ExpressionGraph::capacity> held{}, level_by_held{}, loss_by_held{};
  int held_count = 0;
  /// Nodes worth keeping from the forward to the reverse pass: costly ones.
  std::array<int, ExpressionGraph::capacity> kept{};
  int kept_count = 0;
  NodeSet held_set{};  ///< what to compute once: the held nodes and what they need
  NodeSet forward{};   ///< what to compute at a node for level and loss
  NodeSet again{};     ///< what to compute at a node of the reverse pass, kept nodes given
};

consteval int in_affine_form(ExpressionGraph& g, int of) {
  if (!depending_on_first(g, 2)[static_cast<std::size_t>(of)]) return of;
  const AffineForm form = affine_form(g, of, 2);
  const auto at = [&](int i) { return Expression::at(g, i); };
  return (at(form.base) + at(form.scale) * at(form.shape)).index_in(g);
}

template <class M, std::size_t s>
consteval PullGraph make_pull_graph() {
  constexpr std::size_t np = M::parameters.size();
  PullGraph pull;
  ExpressionGraph& g = pull.graph;
  const auto slope = [&](bool with_state) {
    States<M, Expression> y{};
    if (s > 0) y[s - 1] = Expression::input(g, 1);
    if (with_state) y[s] = Expression::input(g, 2);
    Parameters<M, Expression> p;
    for (std::size_t i = 0; i < np; ++i)
      p[i] = Expression::input(g, PullGraph::first_parameter + static_cast<int>(i));
    return M::rhs(Expression::input(g, 0), y, p)[s];
  };
  NodeSet all;
  all.fill(true);
  const Expression state = Expression::input(g, 2);
  const int slope_node = slope(true).index_in(g);
  const Expression loss = -derivatives(g, slope_node, all)[static_cast<std::size_t>(state.index_in(g))];
  pull.loss = with_partial_fractions(g, loss.index_in(g), 2).index_in(g);
  pull.level = with_partial_fractions(g, slope(false).index_in(g), 2).index_in(g);
  if (M::loss == Loss::constant) {
    const AffineForm form = affine_form(g, pull.level, 2);
    pull.level = form.shape, pull.base = form.base, pull.scale = form.scale;
  } else {
    pull.loss = in_affine_form(g, pull.loss);
    pull.level = in_affine_form(g, pull.level);
  }

  const NodeSet varies = depending_on_first(g, 2);
  const auto by_level = derivatives(g, pull.level, varies), by_loss = derivatives(g, pull.loss, varies);
  const int before = g.size;
  const auto place = [&](const Expression& e) { return e.is(0) ? -1 : e.index_in(g); };
  for (int i = 0; i < 2; ++i) {
    const auto input = static_cast<std::size_t>(Expression::input(g, i).index_in(g));
    pull.level_by[static_cast<std::size_t>(i)] = place(by_level[input]);
    pull.loss_by[static_cast<std::size_t>(i)] = place(by_loss[input]);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(before); ++i) {
    if (varies[i] || g.node[i].op == Op::constant || (by_level[i].is(0) && by_loss[i].is(0))) continue;
    const auto k = static_cast<std::size_t>(pull.held_count++);
    pull.held[k] = static_cast<int>(i);
    pull.level_by_held[k] = place(by_level[i]);
    pull.loss_by_held[k] = place(by_loss[i]);
  }

  const NodeSet changing = depending_on_first(g, 2);
  const auto mark = [](NodeSet& set, int i) {
    if (i >= 0) set[static_cast<std::size_t>(i)] = true;
  };
  NodeSet outputs{};
  mark(outputs, pull.level);
  mark(outputs, pull.loss);
  pull.forward = needed_for(g, outputs);
  NodeSet local = outputs;
  for (int i : pull.level_by) mark(local, i);
  for (int i : pull.loss_by) mark(local, i);
  for (std::size_t k = 0; k < static_cast<std::size_t>(pull.held_count); ++k) {
    mark(local, pull.level_by_held[k]);
    mark(local, pull.loss_by_held[k]);
    mark(local, pull.held[k]);
  }
  mark(local, pull.base);
  mark(local, pull.scale);
  pull.again = needed_for(g, local);
  for (std::size_t i = 0; i < ExpressionGraph::capacity; ++i) {
    const Op op = g.node[i].op;
    const bool is_input = op == Op::input && i < static_cast<std::size_t>(g.size);
    const bool costly = op == Op::reciprocal || op == Op::exp || op == Op::log || op == Op::sqrt;
    pull.held_set[i] = pull.again[i] && !changing[i] && !is_input;
    pull.forward[i] = pull.forward[i] && changing[i] && !is_input;
    pull.again[i] = pull.again[i] && changing[i] && !is_input;
    // The shape of a constant loss's level as well: it is needed twice in the forward pass.
    const bool shape = M::loss == Loss::constant && static_cast<int>(i) == pull.level;
    if (pull.forward[i] && (costly || shape)) {
      pull.kept[static_cast<std::size_t>(pull.kept_count++)] = static_cast<int>(i);
      pull.again[i] = false;
    }
  }
  // Of what the reverse pass recomputes, only that which is still needed.
  NodeSet still = local;
  for (int i = g.size - 1; i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    if (!still[at] || !pull.again[at]) continue;
    const ExpressionNode& n = g.node[at];
    for (int operand : {n.a, n.b, n.c, n.d}) mark(still, operand);
  }
  for (std::size_t i = 0; i < ExpressionGraph::capacity; ++i) pull.again[i] = pull.again[i] && still[i];
  return pull;
}

/// Level, loss and their derivatives of state s of class M on batches.
template <class M, std::size_t s>
class Pull {
 public:
  static constexpr std::size_t np = M::parameters.size();
  static constexpr PullGraph graph = make_pull_graph<M, s>();
  // Copies, since a template argument cannot name a part of an object.
  static constexpr ExpressionGraph nodes = graph.graph;
  static constexpr NodeSet held_set = graph.held_set, forward = graph.forward, again_set = graph.again;
  static constexpr NodeSet changing = depending_on_first(nodes, 2);
  static constexpr std::size_t size = static_cast<std::size_t>(nodes.size);
  static constexpr std::size_t kept = static_cast<std::size_t>(graph.kept_count);
  static constexpr std::size_t held = static_cast<std::size_t>(graph.held_count);
  template <class R>
  using Values = std::array<R, size>;
  using Sums = std::array<Batch, held>;

  /// Everything that depends on parameters alone.
  template <class R>
  [[gnu::always_inline]] static Values<R> prepare(const Parameters<M, R>& p) {
    Values<R> v;
    set_parameters(v, p);
    compute<nodes, held_set>(v);
    return v;
  }
  /// The loss of a class whose loss is constant.
  template <class R>
  [[gnu::always_inline]] static R constant_loss(const Values<R>& v) {
    return v[static_cast<std::size_t>(graph.loss)];
  }

  /// The level's base and scale, for a constant loss.
  template <class R>
  [[gnu::always_inline]] static R base(const Values<R>& v) {
    return v[static_cast<std::size_t>(graph.base)];
  }
  template <class R>
  [[gnu::always_inline]] static R scale(const Values<R>& v) {
    return v[static_cast<std::size_t>(graph.scale)];
  }

  template <std::size_t n>
  struct Here {
    std::array<Batch, n> level, loss;
  };
  /// Level (or its shape) and loss at n nodes at once; `C` and `before` are [n] (before: null for the first
  /// state), `keep` receives [n][kept] values for later.
  template <std::size_t n>
  [[gnu::always_inline]] static Here<n> at(const Values<Batch>& held_values, const Lanes* C,
                                           const Lanes* before, Lanes* keep) {
    std::array<Values<Batch>, n> v;
    unrolled<n>([&](auto i) __attribute__((always_inline)) {
      set_inputs(v[i], load(C[i]), s > 0 ? load(before[i]) : Batch(0.0));
    });
    compute_together<nodes, forward, changing>(held_values, v);
    Here<n> here;
    unrolled<n>([&](auto i) __attribute__((always_inline)) {
      here.level[i] = from<graph.level>(held_values, v[i]);
      if constexpr (M::loss == Loss::driven) here.loss[i] = from<graph.loss>(held_values, v[i]);
      keep_costly(v[i], keep + i * kept);
    });
    return here;
  }
  /// The shape again: one of the inputs, or kept.
  [[gnu::always_inline]] static Batch shape(const Lanes* C, const Lanes* before, const Lanes* keep,
                                            std::size_t i) {
    constexpr ExpressionNode node = nodes.node[static_cast<std::size_t>(graph.level)];
    if constexpr (node.op == Op::input) return load((node.a == 0 ? C : before)[i]);
    constexpr auto place = static_cast<std::size_t>(
        std::find(graph.kept.begin(), graph.kept.begin() + graph.kept_count, graph.level) -
        graph.kept.begin());
    if constexpr (place < kept) return load(keep[i * kept + place]);
    return Batch(0.0);  // a level that does not change
  }

  /// The same node in the reverse pass: its values and local derivatives. What is read of `held_values` is
  /// copied one by one: all of it at once would go through memory, at every node.
  [[gnu::always_inline]] static Values<Batch> again(const Values<Batch>& held_values, const Batch& C,
                                                    const Batch& before, const Lanes* keep) {
    Values<Batch> v;
    unrolled<size>([&](auto i) __attribute__((always_inline)) {
      constexpr ExpressionNode node = nodes.node[i];
      constexpr bool parameter = node.op == Op::input && node.a >= PullGraph::first_parameter;
      if constexpr (held_set[i] || parameter) v[i] = held_values[i];
    });
    set_inputs(v, C, before);
    unrolled<kept>([&](auto k) __attribute__((always_inline)) {
      v[static_cast<std::size_t>(graph.kept[k])] = load(keep[k]);
    });
    compute<nodes, again_set>(v);
    return v;
  }
  [[gnu::always_inline]] static Batch level(const Values<Batch>& v) {
    return v[static_cast<std::size_t>(graph.level)];
  }
  [[gnu::always_inline]] static Batch loss(const Values<Batch>& v) {
    return v[static_cast<std::size_t>(graph.loss)];
  }
  static constexpr bool uses(std::size_t input) {
    return graph.level_by[input] >= 0 || graph.loss_by[input] >= 0;
  }
  /// An adjoint and its opposite, of which often only one is needed.
  struct Signed {
    Batch plus, minus;
    [[gnu::always_inline]] Signed(const Batch& x) : plus(x), minus(-x) {}
    [[gnu::always_inline]] Signed(const Batch& x, const Batch& opposite) : plus(x), minus(opposite) {}
  };
  /// Adjoint of input 0 (concentration) or 1 (state before).
  template <std::size_t input>
  [[gnu::always_inline]] static Batch input_adjoint(const Values<Batch>& v, const Signed& level_bar,
                                                    const Signed& loss_bar) {
    return adjoint<graph.level_by[input], graph.loss_by[input]>(v, level_bar, loss_bar);
  }
  /// Adds to the adjoints of the held nodes.
  [[gnu::always_inline]] static void add_held(const Values<Batch>& v, const Signed& level_bar,
                                              const Signed& loss_bar, Sums& sums) {
    unrolled<held>([&](auto k) __attribute__((always_inline)) {
      sums[k] += adjoint<graph.level_by_held[k], graph.loss_by_held[k]>(v, level_bar, loss_bar);
    });
  }
  /// The adjoints of what a constant loss has besides the held nodes.
  struct ConstantBars {
    Batch loss, base, scale;
  };
  /// From the held nodes' adjoints to the parameters'.
  [[gnu::always_inline]] static void add_gradient(const Parameters<M, Batch>& p, const Sums& sums,
                                                  const ConstantBars& bars, std::array<Batch, np>& gradient) {
    using D = Dual<Batch, np>;
    Parameters<M, D> q;
    for (std::size_t i = 0; i < np; ++i) q[i] = D::variable(p[i], i);
    const Values<D> v = prepare(q);
    for (std::size_t i = 0; i < np; ++i) {
      for (std::size_t k = 0; k < held; ++k)
        gradient[i] += sums[k] * v[static_cast<std::size_t>(graph.held[k])].d[i];
      if constexpr (M::loss == Loss::constant)
        gradient[i] +=
            bars.loss * constant_loss(v).d[i] + bars.base * base(v).d[i] + bars.scale * scale(v).d[i];
    }
  }

 private:
  template <class R>
  [[gnu::always_inline]] static void set_parameters(Values<R>& v, const Parameters<M, R>& p) {
    unrolled<size>([&](auto i) __attribute__((always_inline)) {
      constexpr int input = nodes.node[i].op == Op::input ? nodes.node[i].a : -1;
      if constexpr (input >= PullGraph::first_parameter)
        v[i] = p[static_cast<std::size_t>(input - PullGraph::first_parameter)];
    });
  }
  template <int place>
  [[gnu::always_inline]] static const Batch& from(const Values<Batch>& held_values,
                                                  const Values<Batch>& here) {
    constexpr auto at = static_cast<std::size_t>(place);
    if constexpr (changing[at]) return here[at];
    return held_values[at];
  }
  [[gnu::always_inline]] static void keep_costly(const Values<Batch>& v, Lanes* keep) {
    unrolled<kept>([&](auto k) __attribute__((always_inline)) {
      store(keep[k], v[static_cast<std::size_t>(graph.kept[k])]);
    });
  }
  [[gnu::always_inline]] static void set_inputs(Values<Batch>& v, const Batch& C, const Batch& before) {
    unrolled<size>([&](auto i) __attribute__((always_inline)) {
      constexpr int input = nodes.node[i].op == Op::input ? nodes.node[i].a : -1;
      if constexpr (input == 0) v[i] = C;
      if constexpr (input == 1) v[i] = before;
    });
  }
  template <int level_place, int loss_place>
  [[gnu::always_inline]] static Batch adjoint(const Values<Batch>& v, const Signed& level_bar,
                                              const Signed& loss_bar) {
    if constexpr (level_place >= 0 && loss_place >= 0)
      return times<level_place>(v, level_bar) + times<loss_place>(v, loss_bar);
    else if constexpr (level_place >= 0)
      return times<level_place>(v, level_bar);
    else if constexpr (loss_place >= 0)
      return times<loss_place>(v, loss_bar);
    else
      return Batch(0.0);
  }
  /// The sign of a derivative goes to the adjoint.
  template <int place>
  [[gnu::always_inline]] static Batch times(const Values<Batch>& v, const Signed& bar) {
    constexpr ExpressionNode node = nodes.node[static_cast<std::size_t>(place)];
    if constexpr (node.op == Op::negate) return bar.minus * v[static_cast<std::size_t>(node.a)];
    if constexpr (node.op == Op::constant && node.value == 1.0) return bar.plus;
    return bar.plus * v[static_cast<std::size_t>(place)];
  }
};

}  // namespace qdose::QDOSE_ISA
