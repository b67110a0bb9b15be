// The state of a PD class whose loss depends on the concentration, panel by panel: the panel's clock runs
// with the loss, and differs in every panel and lane.
#pragma once
#include "qdose/simulate/driven_panel.hpp"
#include "qdose/simulate/pd_pull.inl.hpp"
#include "qdose/simulate/pd_tables.inl.hpp"

namespace qdose::QDOSE_ISA {

template <class M, std::size_t n>
struct DrivenLoss {
  static constexpr std::size_t np = M::parameters.size();
  static_assert(M::states.size() == 1, "a loss that depends on the concentration: one state only");
  using Tables = PdTables<M, n>;
  using P = Pull<M, 0>;
  using Gradient = std::array<Batch, np>;

  [[gnu::always_inline]] static Batch hours(const PdPlan& plan, const Lanes* C, std::size_t q) {
    return load(plan.hours(C)[plan.panels[q].length]);
  }

  static void forward(const PdPlan& plan, const Parameters<M, Batch>& p, const Batch& start, const Lanes* C,
                      const Tables& t) {
    const auto held = P::prepare(p);
    Batch y = start, decay(1.0), gain(0.0);
    if (plan.steady) {
      for (std::size_t q = 0; q < t.panels; ++q) {
        const auto step = panel(plan, held, C, t, q);
        decay = decay * step.decay;
        gain = gain * step.decay + step.gain;
      }
      y = gain / (Batch(1.0) - decay);
    }
    store(t.after(0, 0), y);
    for (std::size_t q = 0; q < t.panels; ++q) {
      const auto step = panel(plan, held, C, t, q);
      y = step.decay * y + step.gain;
      store(t.after(0, q + 1), y);
    }
  }

  /// Panel q at the concentrations of now; the reverse finds it, and targets and losses, in `t`.
  static DrivenPanel<Batch, n> panel(const PdPlan& plan, const typename P::template Values<Batch>& held,
                                     const Lanes* C, const Tables& t, std::size_t q) {
    auto here = P::template at<n>(held, C + plan.node0 + n * q, nullptr, t.keep(0, q));
    std::array<Batch, n> r, per_loss = here.loss;
    invert_together(per_loss);
    Lanes* memory = t.driven(q);
    for (std::size_t i = 0; i < n; ++i) {
      r[i] = here.level[i] * per_loss[i];
      store(*memory++, r[i]);
      store(*memory++, per_loss[i]);
    }
    const auto panel = driven_panel<n>(hours(plan, C, q), here.loss, r);
    panel.visit(panel, [&](const Batch& number) { store(*memory++, number); });
    return panel;
  }

  static void reverse(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C, const Tables& t,
                      Lanes* C_bar, Gradient& gradient) {
    const auto held = P::prepare(p);
    typename P::Sums sums{};
    Batch carried(0.0);
    for (std::size_t q = t.panels; q-- > 0;) {
      const Batch end_bar = load(t.bar(0, q + 1)) + carried, y = load(t.after(0, q));
      const std::size_t first = plan.node0 + n * q;
      const Lanes *targets = t.driven(q), *memory = targets + 2 * n;
      DrivenPanel<Batch, n> step;
      step.visit(step, [&](Batch& number) { number = load(*memory++); });
      const auto slopes = driven_slopes<n>(step, y);
      for (std::size_t i = 0; i < n; ++i) {
        const Batch r = load(targets[2 * i]), per_loss = load(targets[2 * i + 1]);
        const auto v = P::again(held, load(C[first + i]), Batch(0.0), t.keep(0, q) + i * P::kept);
        const Batch level_bar = end_bar * slopes.target[i] * per_loss;
        const Batch loss_bar = end_bar * slopes.loss[i] - level_bar * r;
        P::add_held(v, level_bar, loss_bar, sums);
        store(C_bar[first + i], P::template input_adjoint<0>(v, level_bar, loss_bar));
      }
      carried = end_bar * step.decay;
    }
    P::add_gradient(p, sums, {}, gradient);
    store(t.bar(0, 0), load(t.bar(0, 0)) + carried);
  }
};

}  // namespace qdose::QDOSE_ISA
