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

  using Slots = std::vector<PkPlan::Slot>;

  /// Runs the slots once from `a`; note(slot, concentration) sees the value before the slot's dose.
  template <class R, class Note>
  static States<M, R> run(const Slots& slots, bool infusing, States<M, R> a, const Parameters<M, R>& p,
                          Note note) {
    for (std::size_t s = 0; s < slots.size(); ++s) {
      a = step(a, slots[s], infusing, p);
      note(s, M::concentration(a, p));
      a[M::dose_state] = a[M::dose_state] + R(load(slots[s].dose));
    }
    return a;
  }

  template <class R>
  static States<M, R> after_interval(const PkPlan& plan, const States<M, R>& a, const Parameters<M, R>& p) {
    return run(plan.interval, plan.has_infusions, a, p, [](std::size_t, const R&) {});
  }

  /// Amounts at the start of an interval at steady state, to 1e-10 relative.
  static States<M, Batch> steady_start(const PkPlan& plan, const Parameters<M, Batch>& p) {
    if constexpr (M::states.size() == 1) return {fixed_point(plan, p)};
    constexpr int most_intervals = 4000;
    States<M, Batch> a{};
    for (int i = 0; i < most_intervals; ++i) {
      const States<M, Batch> next = after_interval(plan, a, p);
      bool changes = false;
      for (std::size_t k = 0; k < next.size(); ++k)
        for (std::size_t l = 0; l < lanes; ++l)
          changes = changes || size_of(next[k].lane(l) - a[k].lane(l)) > 1e-10 * size_of(next[k].lane(l));
      a = next;
      if (!changes) break;
    }
    return a;
  }

  static double size_of(double x) { return x < 0 ? -x : x; }

  /// One lane's search for the amount that an interval gives back: secants, kept between the largest amount
  /// that is known to grow and the smallest that is known to shrink.
  struct FixedPoint {
    double at = 0, grown = 0, before = 0, grown_before = 0;  ///< the last two places and what they gain
    double low = 0, high = 0;
    bool settled = false;

    void see(double image, bool first) {
      constexpr double tolerance = 1e-11, largest = 1e6;
      grown = image - at;
      if (first) high = largest * image;
      (grown > 0 ? low : high) = at;
      double next = first ? image : at - grown * (at - before) / (grown - grown_before);
      if (!(next > low && next < high)) next = low + 0.5 * (high - low);
      before = at, grown_before = grown;
      at = grown == 0 ? at : next;
      settled = !(size_of(at - before) > tolerance * at);
    }
  };

  /// The one amount at the start of an interval that comes back at its end. Repeating intervals comes near it
  /// ever more slowly as the dose rate comes near what saturable elimination can carry, and never where it is
  /// above: there the amount is held at a million times what one interval leaves.
  static Batch fixed_point(const PkPlan& plan, const Parameters<M, Batch>& p) {
    constexpr int most_steps = 60;
    FixedPoint search[lanes];
    Lanes a = {}, image;
    std::size_t settled = 0;
    for (int i = 0; i < most_steps && settled < lanes; ++i) {
      store(image, after_interval(plan, States<M, Batch>{load(a)}, p)[0]);
      settled = 0;
      for (std::size_t l = 0; l < lanes; ++l) {
        if (!search[l].settled) search[l].see(image.v[l], i == 0);
        settled += search[l].settled;
        a.v[l] = search[l].at;
      }
    }
    return load(a);
  }

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    expects(plan.own.panels == 0, "panels of its own only for a class with a lag or a modelled duration");
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    Lanes* by_slot = room(workspace.pk, plan.slots.size());
    States<M, Batch> a{};
    if (plan.steady_interval > 0) a = steady_start(plan, p);
    run(plan.slots, plan.has_infusions, a, p, [&](std::size_t s, const Batch& c) { store(by_slot[s], c); });
    for (std::size_t k = 0; k < plan.points.size(); ++k)
      store(C[k], gather(by_slot, LanePlaces(plan.slot_of_point[k].v, 1)));
  }

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    const NoDenormals guard;
    using D = Dual<Batch, np>;
    Lanes* by_slot = room(workspace.pk, plan.slots.size());
    for (std::size_t s = 0; s < plan.slots.size(); ++s) store(by_slot[s], Batch(0.0));
    for (std::size_t k = 0; k < plan.points.size(); ++k)
      scatter_add(by_slot, LanePlaces(plan.slot_of_point[k].v, 1), load(adjoint[k]));
    std::array<Batch, np> g{};
    run(plan.slots, plan.has_infusions, States<M, D>{}, variables<D, np>(parameters),
        [&](std::size_t s, const D& c) {
          const Batch a = load(by_slot[s]);
          for (std::size_t i = 0; i < np; ++i) g[i] += a * c.d[i];
        });
    for (std::size_t i = 0; i < np; ++i) accumulate(gradient[i], g[i]);
  }
};

}  // namespace qdose::QDOSE_ISA
