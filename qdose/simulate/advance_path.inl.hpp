// PK classes without modes: the amounts are carried from event to event in each lane's own order, by the
// class's exact `advance` or, where it has none or a zero-order input runs, by an error-controlled solver.
// Gradients in forward mode.
#pragma once
#include "qdose/base/expects.hpp"
#include "qdose/models/definition.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/lane_solver.inl.hpp"
#include "qdose/simulate/occasions.hpp"

namespace qdose::QDOSE_ISA {

template <class M>
struct AdvancePath {
  static constexpr std::size_t np = M::parameters.size();
  static_assert(!has_symbol(M::parameters, "Tlag") && !has_symbol(M::parameters, "tau"),
                "a lag or a modelled duration needs a class with modes");

  template <class R>
  static States<M, R> step(const States<M, R>& a, const PkPlan::Slot& slot, bool infusing,
                           const Parameters<M, R>& p) {
    // A washout leaves nothing; a solver would take its time to find out.
    const Batch given = load(slot.step), limit(part_of_washout);
    const auto stays = given < limit;
    const Batch dt = select(stays, given, Batch(0.0));
    States<M, R> next = advanced(a, dt, load(slot.rate), infusing, p);
    for (R& x : next) x = select(stays, x, R(0.0));
    return next;
  }

  template <class R>
  static States<M, R> advanced(const States<M, R>& a, const Batch& dt, const Batch& rate, bool infusing,
                               const Parameters<M, R>& p) {
    if constexpr (requires { M::advance(a, dt, p); }) {
      if (!infusing) return M::advance(a, dt, p);
    }
    return solve<M>(a, dt, rate, p);
  }

  /// Runs the slots once from `a`; note(slot, concentration) sees the value before the slot's dose.
  template <class R, class Note>
  static States<M, R> run(const PkPlan& plan, States<M, R> a, const Parameters<M, R>& p, Note note) {
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
      a = step(a, plan.slots[s], plan.has_infusions, p);
      note(s, M::concentration(a, p));
      a[M::dose_state] = a[M::dose_state] + R(load(plan.slots[s].dose));
    }
    return a;
  }

  /// Amounts at the start of an interval at steady state: intervals are repeated until they repeat to 1e-10
  /// relative.
  static States<M, Batch> steady_start(const PkPlan& plan, const Parameters<M, Batch>& p) {
    constexpr int most_intervals = 4000;
    States<M, Batch> a{};
    for (int i = 0; i < most_intervals; ++i) {
      const States<M, Batch> next = run(plan, a, p, [](std::size_t, const Batch&) {});
      double change = 0, size = 1e-300;
      for (std::size_t k = 0; k < next.size(); ++k)
        for (std::size_t l = 0; l < lanes; ++l) {
          const double x = next[k].lane(l), dx = x - a[k].lane(l);
          const double relative = (dx < 0 ? -dx : dx) / ((x < 0 ? -x : x) + 1e-300);
          if (relative > change) change = relative;
          if (x > size) size = x;
        }
      a = next;
      if (!(change > 1e-10)) break;
    }
    return a;
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    expects(plan.own.panels == 0, "panels of its own only for a class with a lag or a modelled duration");
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    Lanes* by_slot = room(workspace.pk, plan.slots.size());
    States<M, Batch> a{};
    if (plan.steady_interval > 0) a = steady_start(plan, p);
    run(plan, a, p, [&](std::size_t s, const Batch& c) { store(by_slot[s], c); });
    for (std::size_t k = 0; k < plan.points.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const std::int32_t s = plan.slot_of_point[k].v[l];
        C[k].v[l] = s < 0 ? 0.0 : by_slot[s].v[l];
      }
  }

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    const NoDenormals guard;
    using D = Dual<Batch, np>;
    Lanes* by_slot = room(workspace.pk, plan.slots.size());
    for (std::size_t s = 0; s < plan.slots.size(); ++s) store(by_slot[s], Batch(0.0));
    for (std::size_t k = 0; k < plan.points.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l)
        if (const std::int32_t s = plan.slot_of_point[k].v[l]; s >= 0) by_slot[s].v[l] += adjoint[k].v[l];
    std::array<Batch, np> g{};
    run(plan, States<M, D>{}, variables<D, np>(parameters), [&](std::size_t s, const D& c) {
      const Batch a = load(by_slot[s]);
      for (std::size_t i = 0; i < np; ++i) g[i] += a * c.d[i];
    });
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], g[i]);
  }
};

}  // namespace qdose::QDOSE_ISA
