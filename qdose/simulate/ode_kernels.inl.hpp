// Amounts and effects of a pair of classes as one system, from event to event in each lane's own order.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/ode/lane_dormand_prince.inl.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/ode_kernels.hpp"

namespace qdose::QDOSE_ISA {

template <class Pk, class Pd>
struct OdePair {
  static constexpr std::size_t na = Pk::states.size(), ne = Pd::states.size(), n = na + ne;
  static constexpr std::size_t np = Pk::parameters.size(), nq = Pd::parameters.size();
  using State = std::array<Batch, n>;

  Parameters<Pk, Batch> p;
  Parameters<Pd, Batch> q;

  [[gnu::always_inline]] States<Pk, Batch> amounts(const State& y) const {
    States<Pk, Batch> a;
    for (std::size_t i = 0; i < na; ++i) a[i] = y[i];
    return a;
  }
  [[gnu::always_inline]] States<Pd, Batch> effects(const State& y) const {
    States<Pd, Batch> e;
    for (std::size_t i = 0; i < ne; ++i) e[i] = y[na + i];
    return e;
  }
  [[gnu::always_inline]] State slope(const State& y, const Batch& rate) const {
    const auto a = amounts(y);
    const auto da = Pk::rhs(a, p);
    const auto de = Pd::rhs(Pk::concentration(a, p), effects(y), q);
    State dy;
    for (std::size_t i = 0; i < na; ++i) dy[i] = da[i];
    for (std::size_t i = 0; i < ne; ++i) dy[na + i] = de[i];
    dy[Pk::dose_state] += rate;
    return dy;
  }

  static void trajectories(const PkPlan& plan, const Lanes* parameters, double tolerance,
                           Workspace& workspace, Lanes* concentration, Lanes* response) {
    const NoDenormals guard;
    const OdePair pair{load_all<np>(parameters), load_all<nq>(parameters + np)};
    Lanes* by_slot = room(workspace.pk, 2 * plan.slots.size());
    const auto start = Pd::baseline(pair.q);
    State y{};
    for (std::size_t i = 0; i < ne; ++i) y[na + i] = start[i];
    LaneTolerance<n> allowed;
    allowed.relative = tolerance;
    Batch dose(1e-12);
    for (const Lanes& amount : plan.amount) dose = larger(dose, load(amount));
    for (std::size_t i = 0; i < n; ++i) allowed.least[i] = Batch(0.01) * (i < na ? dose : magnitude(y[i]));
    Batch step(0.0);
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
      const Batch rate = load(plan.slots[s].rate);
      integrate_lanes<n>([&](const State& at) { return pair.slope(at, rate); }, y, load(plan.slots[s].step),
                         allowed, step);
      const Batch C = Pk::concentration(pair.amounts(y), pair.p);
      store(by_slot[2 * s], C);
      store(by_slot[2 * s + 1], Pd::response(C, pair.effects(y), pair.q));
      const Batch given = load(plan.slots[s].dose);
      y[Pk::dose_state] += given;
      step = select(given > Batch(0.0), Batch(0.0), step);
    }
    const Lanes before = [&] {
      Lanes r;
      store(r, Pd::response(Batch(0.0), start, pair.q));
      return r;
    }();
    for (std::size_t k = 0; k < plan.points.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const std::int32_t s = plan.slot_of_point[k].v[l];
        concentration[k].v[l] = s < 0 ? 0.0 : by_slot[2 * s].v[l];
        response[k].v[l] = s < 0 ? before.v[l] : by_slot[2 * s + 1].v[l];
      }
  }
};

template <class Pk, class Pd>
constexpr ode_kernels_t make_ode_kernels() {
  return {&OdePair<Pk, Pd>::trajectories};
}

}  // namespace qdose::QDOSE_ISA
