// States of a PD class whose loss does not depend on the concentration, panel by panel: the weights of a
// panel length are made once, and a panel is a dot product over its nodes.
#pragma once
#include <algorithm>
#include <cstring>

#include "qdose/simulate/pd_pull.inl.hpp"
#include "qdose/simulate/pd_tables.inl.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::QDOSE_ISA {

/// Finds lengths that were there before: panels cut at a lag are each as long as they are, yet mostly as long
/// as one of the few that came last.
class Repeats {
 public:
  explicit Repeats(const Lanes* hours) : hours_(hours) {}
  /// The first of the same length among the last few different ones, or k itself.
  std::size_t first_like(std::size_t k) {
    for (std::size_t i = 0; i < std::min(few, different_); ++i)
      if (std::memcmp(&hours_[last_[i]], &hours_[k], sizeof(Lanes)) == 0) return last_[i];
    return last_[different_++ % few] = k;
  }

 private:
  static constexpr std::size_t few = 8;
  const Lanes* hours_;
  std::size_t last_[few] = {}, different_ = 0;
};

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
    Repeats repeats(hours);
    for (std::size_t k = 0; k < t.lengths; ++k) {
      const std::size_t like = repeats.first_like(k);
      if (like != k) {
        std::copy_n(t.row(s, like), ends(s) * Tables::time_size, t.row(s, k));
        std::copy_n(t.slope(s, like), ends(s) * Tables::time_size, t.slope(s, k));
        continue;
      }
      const Batch h = load(hours[k]);
      Lanes *row = t.row(s, k), *slope = t.slope(s, k);
      for (std::size_t e = 0; e < ends(s); ++e, row += Tables::time_size, slope += Tables::time_size) {
        const auto w = panel_weights<n>(loss, h, e == 0 ? 1.0 : gauss_nodes<n>[e - 1]);
        store(row[0], w.decay);
        store(slope[0], w.decay_slope);
        store(row[1], w.sum);
        store(slope[1], w.sum_slope);
        for (std::size_t i = 0; i < n; ++i) {
          store(row[2 + i], w.weight[i]);
          store(slope[2 + i], w.slope[i]);
        }
      }
    }
  }

  template <std::size_t s>
  [[gnu::always_inline]] static const Lanes* before(const Tables& t, std::size_t q) {
    if constexpr (s > 0) return t.at_node(s - 1, q);
    return nullptr;
  }

  /// A state's level at the nodes of a panel: base + scale shape_i.
  struct Level {
    Batch base, scale;
    std::array<Batch, n> shape;
    /// What it adds until the time of a row of weights.
    [[gnu::always_inline]] Batch gain(const Lanes* row) const {
      Batch first = load(row[2]) * shape[0], second = load(row[3]) * shape[1];
      for (std::size_t i = 2; i < n; ++i) (i % 2 == 0 ? first : second) += load(row[2 + i]) * shape[i];
      return base * load(row[1]) + scale * (first + second);
    }
  };

  template <std::size_t s>
  [[gnu::always_inline]] static void set_shape(Level& level, const Lanes* C, const Tables& t, std::size_t q) {
    for (std::size_t i = 0; i < n; ++i)
      level.shape[i] = Pull<M, s>::shape(C + n * q, before<s>(t, q), t.keep(s, q), i);
  }
  [[gnu::always_inline]] static const Lanes* row_of(const PdPlan& plan, std::size_t s, const Tables& t,
                                                    std::size_t q) {
    return t.row(s, static_cast<std::size_t>(plan.panels[q].length));
  }

  /// State s at the end of every panel (and at the nodes), from `start` or, at steady state, from where an
  /// interval ends as it began. In two passes: each has few enough steps that several panels run side by
  /// side.
  template <std::size_t s>
  static void forward(const PdPlan& plan, const Parameters<M, Batch>& p, const Batch& start, const Lanes* C,
                      const Tables& t) {
    using P = Pull<M, s>;
    const auto held = P::prepare(p);
    make_weights<s>(plan.hours(C), P::constant_loss(held), t);
    const Lanes* nodes = C + plan.node0;
    for (std::size_t q = 0; q < t.panels; ++q)
      P::template at<n>(held, nodes + n * q, before<s>(t, q), t.keep(s, q));
    Level level{P::base(held), P::scale(held), {}};
    Batch y = plan.steady ? periodic_start<s>(plan, level, nodes, t) : start;
    store(t.after(s, 0), y);
    for (std::size_t q = 0; q < t.panels; ++q) {
      const Lanes* row = row_of(plan, s, t, q);
      set_shape<s>(level, nodes, t, q);
      if constexpr (s + 1 < ns)
        for (std::size_t e = 0; e < n; ++e) {
          const Lanes* to_node = row + (e + 1) * Tables::time_size;
          store(t.at_node(s, q)[e], load(to_node[0]) * y + level.gain(to_node));
        }
      y = load(row[0]) * y + level.gain(row);
      store(t.after(s, q + 1), y);
    }
    if constexpr (s + 1 < ns) forward<s + 1>(plan, p, M::baseline(p)[s + 1], C, t);
  }

  template <std::size_t s>
  static Batch periodic_start(const PdPlan& plan, Level level, const Lanes* nodes, const Tables& t) {
    Batch decay(1.0), gain(0.0);
    for (std::size_t q = 0; q < t.panels; ++q) {
      const Lanes* row = row_of(plan, s, t, q);
      set_shape<s>(level, nodes, t, q);
      decay = decay * load(row[0]);
      gain = gain * load(row[0]) + level.gain(row);
    }
    return gain / (Batch(1.0) - decay);
  }

  /// A row of weights times the adjoints of the state at its times. Where no other state follows, the row
  /// itself: all is then in units of the adjoint of the panel's end.
  template <std::size_t s>
  [[gnu::always_inline]] static std::array<Batch, Tables::time_size> weighed(const Lanes* row,
                                                                             const Batch& end_bar,
                                                                             const Lanes* node_bar) {
    auto sum = load_all<Tables::time_size>(row);
    if constexpr (s + 1 < ns) {
      for (Batch& x : sum) x = end_bar * x;
      for (std::size_t e = 0; e < n; ++e) {
        row += Tables::time_size;
        const Batch bar = load(node_bar[e]);
        for (std::size_t i = 0; i < Tables::time_size; ++i) sum[i] += bar * load(row[i]);
      }
    }
    return sum;
  }

  /// From the adjoints of state s after every panel (and, in `t.node_bar`, of its nodes) to those of its
  /// parameters, the concentration and the state before.
  template <std::size_t s>
  static void reverse(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C, const Tables& t,
                      Lanes* C_bar, Gradient& gradient) {
    using P = Pull<M, s>;
    const auto held = P::prepare(p);
    const Batch base = P::base(held), scale = P::scale(held);
    std::array<typename P::Sums, 2> sums{};  // two chains of additions run side by side
    typename P::ConstantBars bars{0.0, 0.0, 0.0};
    Batch carried(0.0);
    for (std::size_t q = t.panels; q-- > 0;) {
      const auto length = static_cast<std::size_t>(plan.panels[q].length);
      const Batch end_bar = load(t.bar(s, q + 1)) + carried, unit = s + 1 < ns ? Batch(1.0) : end_bar;
      const auto by_row = weighed<s>(t.row(s, length), end_bar, t.node_bar(s, q));
      const auto by_loss = weighed<s>(t.slope(s, length), end_bar, t.node_bar(s, q));
      const Batch scaled = unit * scale, opposite = -scaled;
      Batch gain(0.0), slope(0.0);
      const std::size_t first = plan.node0 + n * q;
      for (std::size_t i = 0; i < n; ++i) {
        Batch from(0.0);
        if constexpr (s > 0) from = load(t.at_node(s - 1, q)[i]);
        const auto v = P::again(held, load(C[first + i]), from, t.keep(s, q) + i * P::kept);
        gain += by_row[2 + i] * P::level(v);
        slope += by_loss[2 + i] * P::level(v);
        const typename P::Signed shape_bar(scaled * by_row[2 + i], opposite * by_row[2 + i]), none(0.0);
        P::add_held(v, shape_bar, none, sums[i % 2]);
        const Batch c_bar = P::template input_adjoint<0>(v, shape_bar, none);
        if constexpr (s + 1 == ns)
          store(C_bar[first + i], c_bar);  // the first to reach this node
        else if constexpr (P::uses(0))
          accumulate(C_bar[first + i], c_bar);
        if constexpr (s > 0) store(t.node_bar(s - 1, q)[i], P::template input_adjoint<1>(v, shape_bar, none));
      }
      bars.base += unit * by_row[1];
      bars.scale += unit * gain;
      bars.loss += unit * (by_loss[0] * load(t.after(s, q)) + base * by_loss[1] + scale * slope);
      carried = unit * by_row[0];
    }
    for (std::size_t k = 0; k < P::held; ++k) sums[0][k] += sums[1][k];
    P::add_gradient(p, sums[0], bars, gradient);
    store(t.bar(s, 0), load(t.bar(s, 0)) + carried);
    if constexpr (s > 0) reverse<s - 1>(plan, p, C, t, C_bar, gradient);
  }
};

}  // namespace qdose::QDOSE_ISA
