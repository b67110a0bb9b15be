// States of a PD class whose loss does not depend on the concentration, panel by panel: the weights of a
// panel length are made once, and a panel is a dot product over its nodes.
#pragma once
#include "qdose/simulate/pd_pull.inl.hpp"
#include "qdose/simulate/pd_tables.inl.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::QDOSE_ISA {

template <class M, std::size_t n>
struct ConstantLoss {
  static constexpr std::size_t np = M::parameters.size(), ns = M::states.size();
  using Tables = PdTables<M, n>;
  using Gradient = std::array<Batch, np>;
  /// Ends of integration within a panel: its end, and for a state that drives another one its nodes.
  static constexpr std::size_t ends(std::size_t s) { return s + 1 < ns ? n + 1 : 1; }

  /// Decay and weights of the levels for every panel length, and their derivatives by the loss.
  template <std::size_t s>
  static void make_weights(const Lanes* hours, const Batch& loss, const Tables& t) {
    for (std::size_t k = 0; k < t.lengths; ++k) {
      const Batch h = load(hours[k]);
      Lanes *row = t.row(s, k), *slope = t.slope(s, k);
      for (std::size_t e = 0; e < ends(s); ++e, row += n + 1, slope += n + 1) {
        const auto w = panel_weights<n>(loss, h, e == 0 ? 1.0 : gauss_nodes<n>[e - 1]);
        store(row[0], w.decay);
        store(slope[0], w.decay_slope);
        for (std::size_t i = 0; i < n; ++i) {
          store(row[1 + i], w.weight[i]);
          store(slope[1 + i], w.slope[i]);
        }
      }
    }
  }

  template <std::size_t s>
  [[gnu::always_inline]] static Batch before(const Tables& t, std::size_t q, std::size_t i) {
    if constexpr (s > 0) return load(t.at_node(s - 1, q)[i]);
    return Batch(0.0);
  }

  /// State s at the end of every panel (and at the nodes), from `start` or, at steady state, from where an
  /// interval ends as it began.
  template <std::size_t s>
  static void forward(const PdPlan& plan, const Parameters<M, Batch>& p, const Batch& start, const Lanes* C,
                      const Tables& t) {
    using P = Pull<M, s>;
    const auto held = P::prepare(p);
    make_weights<s>(plan.hours(C), P::constant_loss(held), t);
    const Lanes* c = C + plan.node0;
    for (std::size_t q = 0; q < t.panels; ++q, c += n) {
      const Lanes* row = t.row(s, static_cast<std::size_t>(plan.panels[q].length));
      Batch gain(0.0);
      for (std::size_t i = 0; i < n; ++i) {
        const Batch level = P::at(held, load(c[i]), before<s>(t, q, i), t.keep(s, q, i)).level;
        gain += load(row[1 + i]) * level;
        if constexpr (s + 1 < ns) store(t.at_node(s, q)[i], level);
      }
      store(t.after(s, q + 1), gain);
    }
    Batch y = plan.steady ? periodic_start(plan, s, t) : start;
    store(t.after(s, 0), y);
    for (std::size_t q = 0; q < t.panels; ++q) {
      const Lanes* row = t.row(s, static_cast<std::size_t>(plan.panels[q].length));
      if constexpr (s + 1 < ns) levels_to_states(row + n + 1, y, t.at_node(s, q));
      y = load(row[0]) * y + load(t.after(s, q + 1));
      store(t.after(s, q + 1), y);
    }
    if constexpr (s + 1 < ns) forward<s + 1>(plan, p, M::baseline(p)[s + 1], C, t);
  }

  static Batch periodic_start(const PdPlan& plan, std::size_t s, const Tables& t) {
    Batch decay(1.0), gain(0.0);
    for (std::size_t q = 0; q < t.panels; ++q) {
      const Batch d = load(t.row(s, static_cast<std::size_t>(plan.panels[q].length))[0]);
      decay = decay * d;
      gain = gain * d + load(t.after(s, q + 1));
    }
    return gain / (Batch(1.0) - decay);
  }

  [[gnu::always_inline]] static void levels_to_states(const Lanes* row, const Batch& y, Lanes* node) {
    std::array<Batch, n> level;
    for (std::size_t i = 0; i < n; ++i) level[i] = load(node[i]);
    for (std::size_t e = 0; e < n; ++e, row += n + 1) {
      Batch v = load(row[0]) * y;
      for (std::size_t i = 0; i < n; ++i) v += load(row[1 + i]) * level[i];
      store(node[e], v);
    }
  }

  /// From the adjoints of state s after every panel (and, in `t.node_bar`, of its nodes) to those of its
  /// parameters, the concentration and the state before.
  template <std::size_t s>
  static void reverse(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C, const Tables& t,
                      Lanes* C_bar, Gradient& gradient) {
    using P = Pull<M, s>;
    const auto held = P::prepare(p);
    typename P::Sums sums{};
    Batch loss_bar(0.0), carried(0.0);
    for (std::size_t q = t.panels; q-- > 0;) {
      const auto length = static_cast<std::size_t>(plan.panels[q].length);
      const Lanes *row = t.row(s, length), *slope = t.slope(s, length);
      const Batch end_bar = load(t.bar(s, q + 1)) + carried, y = load(t.after(s, q));
      std::array<Batch, n> level_bar, by_loss;  // the latter in units of end_bar where no other state follows
      for (std::size_t i = 0; i < n; ++i) {
        level_bar[i] = end_bar * load(row[1 + i]);
        by_loss[i] = s + 1 < ns ? end_bar * load(slope[1 + i]) : load(slope[1 + i]);
      }
      carried = end_bar * load(row[0]);
      Batch panel_loss = (s + 1 < ns ? end_bar * load(slope[0]) : load(slope[0])) * y;
      if constexpr (s + 1 < ns) {
        for (std::size_t e = 0; e < n; ++e) {
          row += n + 1, slope += n + 1;
          const Batch bar = load(t.node_bar(s, q)[e]);
          for (std::size_t i = 0; i < n; ++i) {
            level_bar[i] += bar * load(row[1 + i]);
            by_loss[i] += bar * load(slope[1 + i]);
          }
          carried += bar * load(row[0]);
          panel_loss += bar * load(slope[0]) * y;
        }
      }
      const std::size_t first = plan.node0 + n * q;
      for (std::size_t i = 0; i < n; ++i) {
        const auto v = P::again(held, load(C[first + i]), before<s>(t, q, i), t.keep(s, q, i));
        panel_loss += by_loss[i] * P::level(v);
        P::add_held(v, level_bar[i], Batch(0.0), sums);
        const Batch c_bar = P::template input_adjoint<0>(v, level_bar[i], Batch(0.0));
        if constexpr (s + 1 == ns)
          store(C_bar[first + i], c_bar);  // the first to reach this node
        else if constexpr (P::uses(0))
          accumulate(C_bar[first + i], c_bar);
        if constexpr (s > 0)
          store(t.node_bar(s - 1, q)[i], P::template input_adjoint<1>(v, level_bar[i], Batch(0.0)));
      }
      loss_bar += s + 1 < ns ? panel_loss : end_bar * panel_loss;
    }
    P::add_gradient(p, sums, loss_bar, gradient);
    store(t.bar(s, 0), load(t.bar(s, 0)) + carried);
    if constexpr (s > 0) reverse<s - 1>(plan, p, C, t, C_bar, gradient);
  }
};

}  // namespace qdose::QDOSE_ISA
