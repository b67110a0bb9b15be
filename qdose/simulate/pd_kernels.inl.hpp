// Biomarker of one PD class for eight subjects and its pull-back. Every state relaxes towards a target set by
// the concentration or by the state before it (simulate/relaxation.hpp); a class gives only its equations.
#pragma once
#include "qdose/simulate/constant_loss.inl.hpp"
#include "qdose/simulate/driven_loss.inl.hpp"
#include "qdose/simulate/pd_response.inl.hpp"

namespace qdose::QDOSE_ISA {

template <class M, std::size_t n>
struct PdPath {
  static constexpr std::size_t np = M::parameters.size(), ns = M::states.size();
  using Tables = PdTables<M, n>;
  using Gradient = std::array<Batch, np>;

  static void responses(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        Lanes* response) {
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    const Tables t(plan, room(workspace.pd, Tables::size(plan)));
    if constexpr (M::loss == Loss::constant)
      ConstantLoss<M, n>::template forward<0>(plan, p, M::baseline(p)[0], C, t);
    if constexpr (M::loss == Loss::driven) DrivenLoss<M, n>::forward(plan, p, M::baseline(p)[0], C, t);
    for (std::size_t k = 0; k < plan.responses.size(); ++k) {
      const auto& at = plan.responses[k];
      States<M, Batch> y;
      for (std::size_t s = 0; s < ns; ++s)
        y[s] = load(t.after(s, static_cast<std::size_t>(at.after_panel + 1)));
      store(response[k], M::response(load(C[at.point]), y, p));
    }
  }

  static void pull_back(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        const Lanes* adjoint, Lanes* C_bar, Lanes* gradient) {
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    const Tables t(plan, workspace.pd.data());
    Gradient g{};
    for (std::size_t s = 0; s < ns; ++s)
      for (std::size_t q = 0; q <= t.panels; ++q) store(t.bar(s, q), Batch(0.0));
    reverse_responses(plan, p, C, t, adjoint, C_bar, g);
    if constexpr (M::loss == Loss::constant)
      ConstantLoss<M, n>::template reverse<ns - 1>(plan, p, C, t, C_bar, g);
    if constexpr (M::loss == Loss::driven) DrivenLoss<M, n>::reverse(plan, p, C, t, C_bar, g);
    if constexpr (ns > 0) {
      using D = Dual<Batch, np>;
      const auto start = M::baseline(variables<D, np>(parameters));
      for (std::size_t s = 0; s < ns; ++s)
        for (std::size_t i = 0; i < np; ++i) g[i] += load(t.bar(s, 0)) * start[s].d[i];
    } else {
      for (std::size_t i = 0; i < n * plan.panels.size(); ++i) store(C_bar[plan.node0 + i], Batch(0.0));
    }
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], g[i]);
  }

  static void reverse_responses(const PdPlan& plan, const Parameters<M, Batch>& p, const Lanes* C,
                                const Tables& t, const Lanes* adjoint, Lanes* C_bar, Gradient& g) {
    using Response = ResponseOf<M>;
    const auto held = Response::prepare(p);
    Batch lag_bar(0.0);
    for (std::size_t k = 0; k < plan.responses.size(); ++k) {
      const auto& at = plan.responses[k];
      const auto after = static_cast<std::size_t>(at.after_panel + 1);
      States<M, Batch> y;
      for (std::size_t s = 0; s < ns; ++s) y[s] = load(t.after(s, after));
      const auto by = Response::at(held, load(C[at.point]), y);
      const Batch a = load(adjoint[k]);
      if constexpr (Response::template uses<0>()) accumulate(C_bar[at.point], a * by[0]);
      unrolled<ns>([&](auto s) __attribute__((always_inline)) {
        if constexpr (Response::template uses<1 + s>()) accumulate(t.bar(s, after), a * by[1 + s]);
      });
      unrolled<np>([&](auto i) __attribute__((always_inline)) {
        if constexpr (Response::template uses<1 + ns + i>()) g[i] += a * by[1 + ns + i];
      });
      if (plan.own_cuts) lag_bar = lag_bar - a * slope_by_states(by, M::rhs(load(C[at.point]), y, p));
    }
    if (plan.own_cuts) store(C_bar[plan.lag()], lag_bar);
  }
  /// How fast the response changes with the time at which its states are taken.
  [[gnu::always_inline]] static Batch slope_by_states(const typename ResponseOf<M>::Derivatives& by,
                                                      const States<M, Batch>& slope) {
    Batch sum(0.0);
    unrolled<ns>([&](auto s) __attribute__((always_inline)) {
      if constexpr (ResponseOf<M>::template uses<1 + s>()) sum += by[1 + s] * slope[s];
    });
    return sum;
  }
};

/// The kernels of a class: the number of nodes a panel is chosen call by call.
template <class M>
struct PdKernels {
  template <class Body>
  [[gnu::always_inline]] static void with_nodes(const PdPlan& plan, Body body) {
    if (plan.nodes == 3) return body(std::integral_constant<std::size_t, 3>{});
    body(std::integral_constant<std::size_t, 4>{});
  }
  static void responses(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        Lanes* response) {
    with_nodes(plan, [&](auto n) {
      PdPath<M, decltype(n)::value>::responses(plan, parameters, C, workspace, response);
    });
  }
  static void pull_back(const PdPlan& plan, const Lanes* parameters, const Lanes* C, Workspace& workspace,
                        const Lanes* adjoint, Lanes* C_bar, Lanes* gradient) {
    with_nodes(plan, [&](auto n) {
      PdPath<M, decltype(n)::value>::pull_back(plan, parameters, C, workspace, adjoint, C_bar, gradient);
    });
  }
};

template <class M>
constexpr pd_kernels_t make_pd_kernels() {
  return {M::parameters.size(), &PdKernels<M>::responses, &PdKernels<M>::pull_back};
}

}  // namespace qdose::QDOSE_ISA
