// Biomarker of one PD class for eight subjects and its pull-back. Every state relaxes towards a target set by
// the concentration or by the state before it (simulate/relaxation.hpp); a class gives only its equations.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::QDOSE_ISA {

template <class M>
struct PdPath {
  static constexpr std::size_t np = M::parameters.size(), ns = M::states.size();
  static constexpr bool driven = M::loss == Loss::driven;
  static_assert(!driven || ns == 1, "a loss that depends on the concentration: one state only");

  /// Scratch: for each state its value at the start and after each panel, at the nodes, and the target at the
  /// nodes.
  struct Tables {
    std::size_t panels, lengths;
    Lanes *end, *node, *target, *loss, *weights;
    static constexpr std::size_t weight_row = 16;  // decay, w[3] for the end and for each of the three nodes
    Tables(const PdPlan& plan, Lanes* memory)
        : panels(plan.panels.size()),
          lengths(plan.lengths.size()),
          end(memory),
          node(end + ns * (panels + 1)),
          target(node + ns * 3 * panels),
          loss(target + ns * 3 * panels),
          weights(loss + 3 * panels) {}
    static std::size_t size(const PdPlan& plan) {
      return ns * (7 * plan.panels.size() + 1) + 3 * plan.panels.size() +
             weight_row * ns * plan.lengths.size();
    }
    Lanes& after(std::size_t s, std::size_t p) const { return end[s * (panels + 1) + p]; }
    Lanes& at_node(std::size_t s, std::size_t p, std::size_t i) const {
      return node[(s * panels + p) * 3 + i];
    }
    Lanes& target_at(std::size_t s, std::size_t p, std::size_t i) const {
      return target[(s * panels + p) * 3 + i];
    }
    Lanes* row(std::size_t s, std::size_t length) const {
      return weights + (s * lengths + length) * weight_row;
    }
  };

  /// Loss and target of state s, from the equations at y_s = 0 and 1 with the state before it at `before`.
  template <class R>
  struct Pull {
    R loss, target;
  };
  template <class R>
  [[gnu::always_inline]] static Pull<R> pull(std::size_t s, const R& C, const R& before,
                                             const Parameters<M, R>& p) {
    States<M, R> y;
    for (R& e : y) e = R(0.0);
    if (s > 0) y[s - 1] = before;
    const R at_zero = M::rhs(C, y, p)[s];
    y[s] = R(1.0);
    const R loss = at_zero - M::rhs(C, y, p)[s];
    return {loss, at_zero / loss};
  }

  static void make_weights(const PdPlan& plan, const Parameters<M, Batch>& p, const Tables& t,
                           std::size_t s) {
    const Batch loss = pull<Batch>(s, Batch(0.0), Batch(0.0), p).loss;
    for (std::size_t k = 0; k < t.lengths; ++k) {
      const Batch z = loss * load(plan.lengths[k]);
      Lanes* row = t.row(s, k);
      for (std::size_t q = 0; q < (s + 1 < ns ? 4u : 1u); ++q) {
        const auto w = panel_weights(z, q == 0 ? 1.0 : gauss_node[q - 1]);
        store(row[4 * q], w.decay);
        for (std::size_t i = 0; i < 3; ++i) store(row[4 * q + 1 + i], w.w[i]);
      }
    }
  }

  static void make_targets(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C, const Tables& t,
                           std::size_t s) {
    for (std::size_t k = 0; k < 3 * t.panels; ++k) {
      const Batch before = s > 0 ? load(t.node[(s - 1) * 3 * t.panels + k]) : Batch(0.0);
      const auto here = pull<Batch>(s, load(C[plan.node0 + k]), before, p);
      store(t.target[s * 3 * t.panels + k], here.target);
      if constexpr (driven) store(t.loss[k], here.loss);
    }
  }

  /// Decay and gain of panel q for state s.
  [[gnu::always_inline]] static DrivenPanel<Batch> panel(const PdPlan& plan, const Tables& t, std::size_t s,
                                                         std::size_t q) {
    std::array<Batch, 3> r;
    for (std::size_t i = 0; i < 3; ++i) r[i] = load(t.target_at(s, q, i));
    if constexpr (driven) {
      std::array<Batch, 3> b;
      for (std::size_t i = 0; i < 3; ++i) b[i] = load(t.loss[3 * q + i]);
      return driven_panel(load(plan.lengths[plan.panels[q].length]), b, r);
    } else {
      const Lanes* row = t.row(s, plan.panels[q].length);
      return {load(row[0]), load(row[1]) * r[0] + load(row[2]) * r[1] + load(row[3]) * r[2]};
    }
  }

  static void fill_tables(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C, Tables& t) {
    const auto start = M::baseline(p);
    for (std::size_t s = 0; s < ns; ++s) {
      if constexpr (!driven) make_weights(plan, p, t, s);
      make_targets(plan, p, C, t, s);
      Batch y = start[s];
      if (plan.steady) {  // y0 = decay y0 + gain over the whole interval
        Batch decay(1.0), gain(0.0);
        for (std::size_t q = 0; q < t.panels; ++q) {
          const auto step = panel(plan, t, s, q);
          decay = decay * step.decay;
          gain = gain * step.decay + step.gain;
        }
        y = gain / (Batch(1.0) - decay);
      }
      store(t.after(s, 0), y);
      for (std::size_t q = 0; q < t.panels; ++q) {
        const auto step = panel(plan, t, s, q);
        if (s + 1 < ns) {
          const Lanes* row = t.row(s, plan.panels[q].length);
          for (std::size_t i = 0; i < 3; ++i) {
            const Lanes* w = row + 4 * (i + 1);
            Batch v = load(w[0]) * y;
            for (std::size_t j = 0; j < 3; ++j) v += load(w[1 + j]) * load(t.target_at(s, q, j));
            store(t.at_node(s, q, i), v);
          }
        }
        y = step.decay * y + step.gain;
        store(t.after(s, q + 1), y);
      }
    }
  }

  static void responses(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        Lanes* response) {
    const auto p = load_all<np>(parameters);
    Tables t(plan, room(workspace.pd, 2 * Tables::size(plan)));
    fill_tables(plan, p, C, t);
    for (std::size_t k = 0; k < plan.responses.size(); ++k) {
      const auto& at = plan.responses[k];
      States<M, Batch> y;
      for (std::size_t s = 0; s < ns; ++s) y[s] = load(t.after(s, at.after_panel + 1));
      store(response[k], M::response(load(C[at.point]), y, p));
    }
  }

  static void pull_back(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        const Lanes* adjoint, Lanes* C_bar, Lanes* gradient) {
    const auto p = load_all<np>(parameters);
    const std::size_t size = Tables::size(plan);
    Tables t(plan, workspace.pd.data()), bar(plan, workspace.pd.data() + size);
    for (std::size_t i = 0; i < size; ++i) store(bar.end[i], Batch(0.0));
    std::array<Batch, np> g{};
    reverse_responses(plan, p, C, t, bar, adjoint, C_bar, g);
    for (std::size_t s = ns; s-- > 0;) {
      reverse_panels(plan, t, bar, s);
      if constexpr (!driven) reverse_weights(plan, p, bar, s, g);
      reverse_targets(plan, p, C, t, bar, s, C_bar, g);
    }
    if constexpr (ns > 0) {
      using D = Dual<Batch, np>;
      const auto start = M::baseline(variables<D, np>(parameters));
      for (std::size_t s = 0; s < ns; ++s)
        for (std::size_t i = 0; i < np; ++i) g[i] += load(bar.after(s, 0)) * start[s].d[i];
    }
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], g[i]);
  }

  using Gradient = std::array<Batch, np>;

  template <class D>
  static Parameters<M, D> seeded(const Parameters<M, Batch>& p, std::size_t first) {
    Parameters<M, D> v;
    for (std::size_t i = 0; i < np; ++i) v[i] = D::variable(p[i], first + i);
    return v;
  }

  static void reverse_responses(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C,
                                const Tables& t, Tables& bar, const Lanes* adjoint, Lanes* C_bar,
                                Gradient& g) {
    using D = Dual<Batch, 1 + ns + np>;
    const auto v = seeded<D>(p, 1 + ns);
    for (std::size_t k = 0; k < plan.responses.size(); ++k) {
      const auto& at = plan.responses[k];
      States<M, D> y;
      for (std::size_t s = 0; s < ns; ++s) y[s] = D::variable(load(t.after(s, at.after_panel + 1)), 1 + s);
      const D r = M::response(D::variable(load(C[at.point]), 0), y, v);
      const Batch a = load(adjoint[k]);
      accumulate(C_bar[at.point], a * r.d[0]);
      for (std::size_t s = 0; s < ns; ++s) accumulate(bar.after(s, at.after_panel + 1), a * r.d[1 + s]);
      for (std::size_t i = 0; i < np; ++i) g[i] += a * r.d[1 + ns + i];
    }
  }

  static void reverse_panels(const PdPlan& plan, const Tables& t, Tables& bar, std::size_t s) {
    for (std::size_t q = t.panels; q-- > 0;) {
      const Batch end_bar = load(bar.after(s, q + 1)), y = load(t.after(s, q));
      if constexpr (driven) {
        using D = Dual<Batch, 6>;
        std::array<D, 3> b, r;
        for (std::size_t i = 0; i < 3; ++i) {
          b[i] = D::variable(load(t.loss[3 * q + i]), i);
          r[i] = D::variable(load(t.target_at(s, q, i)), 3 + i);
        }
        const auto step = driven_panel(D(load(plan.lengths[plan.panels[q].length])), b, r);
        for (std::size_t i = 0; i < 3; ++i) {
          accumulate(bar.loss[3 * q + i], end_bar * (step.decay.d[i] * y + step.gain.d[i]));
          accumulate(bar.target_at(s, q, i), end_bar * step.gain.d[3 + i]);
        }
        accumulate(bar.after(s, q), end_bar * step.decay.x);
      } else {
        const Lanes* row = t.row(s, plan.panels[q].length);
        Lanes* row_bar = bar.row(s, plan.panels[q].length);
        Batch start_bar(0.0);
        for (std::size_t e = 0; e < (s + 1 < ns ? 4u : 1u); ++e) {
          const Batch v_bar = e == 0 ? end_bar : load(bar.at_node(s, q, e - 1));
          start_bar += v_bar * load(row[4 * e]);
          accumulate(row_bar[4 * e], v_bar * y);
          for (std::size_t i = 0; i < 3; ++i) {
            accumulate(bar.target_at(s, q, i), v_bar * load(row[4 * e + 1 + i]));
            accumulate(row_bar[4 * e + 1 + i], v_bar * load(t.target_at(s, q, i)));
          }
        }
        accumulate(bar.after(s, q), start_bar);
      }
    }
  }

  static void reverse_weights(const PdPlan& plan, const Parameters<M, Batch>& p, const Tables& bar,
                              std::size_t s, Gradient& g) {
    using D = Dual<Batch, np>;
    using Z = Dual<Batch, 1>;
    const D loss = pull<D>(s, D(0.0), D(0.0), seeded<D>(p, 0)).loss;
    Batch loss_bar(0.0);
    for (std::size_t k = 0; k < plan.lengths.size(); ++k) {
      const Batch h = load(plan.lengths[k]);
      const Z z = Z::variable(loss.x * h, 0);
      const Lanes* row = bar.row(s, k);
      for (std::size_t e = 0; e < (s + 1 < ns ? 4u : 1u); ++e) {
        const auto w = panel_weights(z, e == 0 ? 1.0 : gauss_node[e - 1]);
        Batch z_bar = load(row[4 * e]) * w.decay.d[0];
        for (std::size_t i = 0; i < 3; ++i) z_bar += load(row[4 * e + 1 + i]) * w.w[i].d[0];
        loss_bar += z_bar * h;
      }
    }
    for (std::size_t i = 0; i < np; ++i) g[i] += loss_bar * loss.d[i];
  }

  static void reverse_targets(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C,
                              const Tables& t, Tables& bar, std::size_t s, Lanes* C_bar, Gradient& g) {
    using D = Dual<Batch, 2 + np>;
    const auto v = seeded<D>(p, 2);
    for (std::size_t k = 0; k < 3 * t.panels; ++k) {
      const Batch r_bar = load(bar.target[s * 3 * t.panels + k]);
      const D before = s > 0 ? D::variable(load(t.node[(s - 1) * 3 * t.panels + k]), 1) : D(0.0);
      const auto here = pull<D>(s, D::variable(load(C[plan.node0 + k]), 0), before, v);
      D sum;
      for (std::size_t i = 0; i < 2 + np; ++i) sum.d[i] = r_bar * here.target.d[i];
      if constexpr (driven) {
        const Batch b_bar = load(bar.loss[k]);
        for (std::size_t i = 0; i < 2 + np; ++i) sum.d[i] += b_bar * here.loss.d[i];
      }
      accumulate(C_bar[plan.node0 + k], sum.d[0]);
      if (s > 0) accumulate(bar.node[(s - 1) * 3 * t.panels + k], sum.d[1]);
      for (std::size_t i = 0; i < np; ++i) g[i] += sum.d[2 + i];
    }
  }
};

template <class M>
constexpr pd_kernels_t make_pd_kernels() {
  return {M::parameters.size(), &PdPath<M>::responses, &PdPath<M>::pull_back};
}

}  // namespace qdose::QDOSE_ISA
