// Where a PD class keeps what its passes share, in the scratch memory of one evaluation.
#pragma once
#include <algorithm>

#include "qdose/simulate/driven_panel.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/pd_pull.inl.hpp"

namespace qdose::QDOSE_ISA {

/// Values a state keeps at a node from the forward to the reverse pass: the most of any state.
template <class M, std::size_t s = 0>
consteval std::size_t most_kept() {
  if constexpr (s < M::states.size())
    return std::max(Pull<M, s>::kept, most_kept<M, s + 1>());
  else
    return 0;
}

template <class M, std::size_t n>
class PdTables {
 public:
  static constexpr std::size_t ns = M::states.size(), kept = most_kept<M>();
  /// Weights of one time: the decay, the sum of the weights, the weights of n nodes.
  static constexpr std::size_t time_size = n + 2;
  /// One row: the weights of the end of a panel, and of each node where another state follows.
  static constexpr std::size_t row_size = time_size * (ns > 1 ? n + 1 : 1);
  /// Of a panel with a driven loss: target and inverse of the loss at n nodes, and the panel.
  static constexpr std::size_t driven_size =
      M::loss == Loss::driven ? 2 * n + DrivenPanel<Batch, n>::numbers : 0;

  const std::size_t panels, lengths;

  PdTables(const PdPlan& plan, Lanes* memory)
      : panels(plan.panels.size()),
        lengths(plan.length_count()),
        after_(memory),
        bar_(after_ + ns * (panels + 1)),
        node_(bar_ + ns * (panels + 1)),
        node_bar_(node_ + chained * n * panels),
        keep_(node_bar_ + chained * n * panels),
        row_(keep_ + ns * kept * n * panels),
        slope_(row_ + ns * row_size * lengths),
        driven_(slope_ + ns * row_size * lengths) {}
  static std::size_t size(const PdPlan& plan) {
    const std::size_t panels = plan.panels.size();
    return 2 * ns * (panels + 1) + (2 * chained + ns * kept) * n * panels +
           2 * ns * row_size * plan.length_count() + driven_size * panels;
  }

  /// State s after panel q - 1 (before it: its start), and its adjoint.
  Lanes& after(std::size_t s, std::size_t q) const { return after_[s * (panels + 1) + q]; }
  Lanes& bar(std::size_t s, std::size_t q) const { return bar_[s * (panels + 1) + q]; }
  /// State s at the nodes of panel q, and its adjoint, where another state follows.
  Lanes* at_node(std::size_t s, std::size_t q) const { return node_ + (s * panels + q) * n; }
  Lanes* node_bar(std::size_t s, std::size_t q) const { return node_bar_ + (s * panels + q) * n; }
  /// What state s keeps at the nodes of panel q: [n][Pull::kept].
  Lanes* keep(std::size_t s, std::size_t q) const { return keep_ + (s * panels + q) * n * kept; }
  Lanes* row(std::size_t s, std::size_t length) const { return row_ + (s * lengths + length) * row_size; }
  Lanes* slope(std::size_t s, std::size_t length) const { return slope_ + (s * lengths + length) * row_size; }
  Lanes* driven(std::size_t q) const { return driven_ + q * driven_size; }

 private:
  static constexpr std::size_t chained = ns > 1 ? ns - 1 : 0;
  Lanes *after_, *bar_, *node_, *node_bar_, *keep_, *row_, *slope_, *driven_;
};

}  // namespace qdose::QDOSE_ISA
