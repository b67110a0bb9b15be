// PK classes of one amount that falls on one course whatever it starts from: a concentration is where the
// course's clock stands, looked up from the last dose, so that points do not wait for each other. Gradients
// by the reverse of the same: one derivative of the clock a point.
#pragma once
#include "qdose/simulate/advance_path.inl.hpp"

namespace qdose::QDOSE_ISA {

/// A class of one amount with `fall(p)`, the course on which it falls: what SaturableFall has
/// (models/saturable_fall.hpp).
template <class M>
concept HasFall = M::states.size() == 1 && requires(Parameters<M, double> p) {
  M::fall(p);
};

template <class M>
struct FallingPath {
  static constexpr std::size_t np = M::parameters.size();
  static constexpr std::size_t chains = 4;  ///< points at a time
  template <class R>
  using Course = decltype(M::fall(Parameters<M, R>{}));
  using Place = typename Course<Batch>::Place;
  using Near = typename Course<Batch>::Near;

  /// What an infusion or the steady state needs is done slot by slot.
  static bool by_slots(const PkPlan& plan) { return plan.has_infusions || plan.steady_interval > 0; }

  /// The course around a place of the plan, then its amount and level: a row of Lanes.
  static constexpr std::size_t near_size = sizeof(Near) / sizeof(Batch), rows = near_size + 2;
  enum Row { x_row = 1, c_row = near_size, level_row };
  /// In the scratch memory: [doses + 1][rows] just after each dose, row 0 for none yet; [doses][2] amount and
  /// level before it; [points][2] the same at the points.
  struct Tables {
    std::size_t doses, points, chain;
    Lanes *after, *before, *at, *after_bar;
    Tables(const PkPlan& plan, Lanes* memory)
        : doses(plan.doses),
          points(plan.points.size()),
          chain((points + chains - 1) / chains),
          after(memory),
          before(after + (doses + 1) * rows),
          at(before + doses * 2),
          after_bar(at + points * 2) {}
    std::size_t size() const { return (doses + 1) * (rows + 1) + doses * 2 + points * 2; }
  };

  static void concentrations(const PkPlan& plan, const Lanes* parameters, Workspace& workspace, Lanes* C) {
    if (by_slots(plan)) return AdvancePath<M>::concentrations(plan, parameters, workspace, C);
    expects(plan.own.panels == 0, "panels of its own only for a class with a lag or a modelled duration");
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    const Course<Batch> course = M::fall(p);
    const Tables t(plan, room(workspace.pk, Tables(plan, nullptr).size()));
    follow_doses(plan, course, t);
    follow_points(plan, course, t);
    const Batch unit = M::concentration({course.unit}, p);
    for (std::size_t k = 0; k < t.points; ++k) store(C[k], unit * load(t.at[2 * k]));
  }

  /// Amount and level at a place; nothing where it would be below 1e-300 units.
  static void note(Lanes* row, const Batch& u, const typename Course<Batch>::Amount& at) {
    const Batch none(0.0);
    const auto gone = u < Batch(-690.0);
    store(row[0], select(gone, none, at.c));
    store(row[1], select(gone, none, at.level));
  }
  /// The clock some hours after it showed x; long after a washout.
  static Batch later(const Course<Batch>& course, const Batch& x, const Batch& hours) {
    return select(hours < Batch(part_of_washout), x + course.rate * hours, Batch(1e5));
  }

  static void follow_doses(const PkPlan& plan, const Course<Batch>& course, const Tables& t) {
    auto after = course.at_amount(Batch(0.0));
    Near before = after.near;
    store_after(t, 0, after);
    const Batch per_unit = reciprocal(course.unit);
    for (std::size_t d = 0; d < t.doses; ++d) {
      Batch x = after.near.x;
      if (d > 0) x = later(course, x, load(plan.offsets[plan.gap_of_dose[d]]));
      const Place place = course.approach(course.at(course.estimate(nearest(after.near, before, x), x)), x);
      before = place.near;
      note(t.before + 2 * d, before.u, course.amount(place, x));
      after = course.at_amount(load(t.before[2 * d]) + per_unit * load(plan.amount[d]));
      store_after(t, d + 1, after);
    }
  }
  static void store_after(const Tables& t, std::size_t dose, const Place& place) {
    Lanes* to = t.after + dose * rows;
    store(to[0], place.near.u);
    store(to[x_row], place.near.x);
    for (std::size_t i = 0; i < place.near.slope.size(); ++i) store(to[2 + i], place.near.slope[i]);
    note(to + c_row, place.near.u, {place.c, place.level});
  }
  /// Where to look from for the clock at x.
  static Near nearest(const Near& a, const Near& b, const Batch& x) {
    return Course<Batch>::chosen(is_nearer(b.x, a.x, x), b, a);
  }
  static Mask is_nearer(const Batch& b, const Batch& a, const Batch& x) {
    const Batch from_a = a - x, from_b = b - x;
    return from_b * from_b < from_a * from_a;
  }

  /// Each lane's row of a table, for the dose it looks back to.
  static LanePlaces row_of(const PkPoint& point, std::size_t stride) {
    std::int32_t row[lanes];
    for (std::size_t l = 0; l < lanes; ++l) row[l] = point.dose[l] + 1;
    return LanePlaces(row, stride);
  }
  /// The i-th of the row after the dose that a point looks back to.
  [[gnu::always_inline]] static Batch after_dose(const Tables& t, const PkPoint& point, std::size_t i) {
    if (point.uniform) return load(t.after[static_cast<std::size_t>(point.dose[0] + 1) * rows + i]);
    return gather(t.after + i, row_of(point, rows));
  }

  /// The points in `chains` parts of equal length, all parts side by side: while one waits for its last
  /// operation, the processor works on the others. A point is looked up from the one before it in its part or
  /// from its dose, whichever is nearer.
  static void follow_points(const PkPlan& plan, const Course<Batch>& course, const Tables& t) {
    Place place[chains];
    Batch x[chains];
    for (std::size_t j = 0; j < t.chain; ++j) {
      for (std::size_t i = 0; i < chains; ++i) x[i] = look_from(plan, course, t, i, j, place[i].near);
      for (std::size_t i = 0; i < chains; ++i) place[i].near.u = course.estimate(place[i].near, x[i]);
      for (std::size_t i = 0; i < chains; ++i) place[i].c = exp(place[i].near.u);
      for (std::size_t i = 0; i < chains; ++i) place[i] = course.place(place[i].near.u, place[i].c);
      for (std::size_t i = 0; i < chains; ++i)
        if (any(course.is_far(place[i].near, x[i]))) place[i] = course.approach(place[i], x[i]);
      for (std::size_t i = 0; i < chains; ++i)
        note(t.at + 2 * point_at(t, i, j), place[i].near.u, course.amount(place[i], x[i]));
    }
  }

  /// The j-th point of part i; the last part may repeat the last point.
  static std::size_t point_at(const Tables& t, std::size_t i, std::size_t j) {
    return std::min(i * t.chain + j, t.points - 1);
  }
  /// What the clock shows at the j-th point of part i; `from`, at the point before, becomes where to look
  /// from.
  [[gnu::always_inline]] static Batch look_from(const PkPlan& plan, const Course<Batch>& course,
                                                const Tables& t, std::size_t i, std::size_t j, Near& from) {
    const PkPoint& point = plan.points[point_at(t, i, j)];
    const Batch start = after_dose(t, point, x_row);
    const Batch x = later(course, start, load(plan.offsets[point.offset]));
    if (j == 0)
      from = near_dose(t, point);
    else if (const Mask dose = is_nearer(start, from.x, x); any(dose))
      from = Course<Batch>::chosen(dose, near_dose(t, point), from);
    return x;
  }
  static Near near_dose(const Tables& t, const PkPoint& point) {
    Near near{after_dose(t, point, 0), after_dose(t, point, x_row), {}};
    for (std::size_t n = 0; n < near.slope.size(); ++n) near.slope[n] = after_dose(t, point, 2 + n);
    return near;
  }

  /// Adjoints of what the course is made of: its rate, share, 1/unit, and the concentration of one unit.
  struct Sums {
    Batch rate{0.0}, share{0.0}, per_unit{0.0}, concentration{0.0};
  };

  static void pull_back(const PkPlan& plan, const Lanes* parameters, Workspace& workspace,
                        const Lanes* adjoint, Lanes* gradient) {
    if (by_slots(plan)) return AdvancePath<M>::pull_back(plan, parameters, workspace, adjoint, gradient);
    const NoDenormals guard;
    const auto p = load_all<np>(parameters);
    const Course<Batch> course = M::fall(p);
    const Tables t(plan, workspace.pk.data());
    for (std::size_t d = 0; d <= t.doses; ++d) store(t.after_bar[d], Batch(0.0));
    Sums sums;
    const Batch unit = M::concentration({course.unit}, p);
    for (std::size_t k = 0; k < t.points; ++k) {
      const PkPoint& point = plan.points[k];
      const Batch a = load(adjoint[k]), c = load(t.at[2 * k]);
      sums.concentration += a * c;
      const Batch x_bar =
          reverse_fall(course, a * unit, c, load(t.at[2 * k + 1]), load(plan.offsets[point.offset]), sums);
      if (point.uniform)
        accumulate(t.after_bar[point.dose[0] + 1], x_bar);
      else
        scatter_add(t.after_bar, row_of(point, 1), x_bar);
    }
    reverse_doses(plan, course, t, sums);
    using D = Dual<Batch, np>;
    const auto dual_p = variables<D, np>(parameters);
    const auto dual = M::fall(dual_p);
    const D dual_unit = M::concentration({dual.unit}, dual_p), dual_per = reciprocal(dual.unit);
    for (std::size_t i = 0; i < np; ++i)
      accumulate(gradient[i], sums.rate * dual.rate.d[i] + sums.share * dual.share.d[i] +
                                  sums.per_unit * dual_per.d[i] + sums.concentration * dual_unit.d[i]);
  }

  /// From the adjoint of the amount c, `hours` after a place, to that of the clock there.
  static Batch reverse_fall(const Course<Batch>& course, const Batch& c_bar, const Batch& c,
                            const Batch& level, const Batch& hours, Sums& sums) {
    const Batch x_bar = -(c_bar * c * course.speed(c));
    sums.share = sums.share - x_bar * course.clock_by_share(c, level);
    sums.rate += x_bar * hours;
    return x_bar;
  }

  static void reverse_doses(const PkPlan& plan, const Course<Batch>& course, const Tables& t, Sums& sums) {
    for (std::size_t d = t.doses; d-- > 0;) {
      const Lanes* after = t.after + (d + 1) * rows;
      const Batch c = load(after[c_row]), x_bar = load(t.after_bar[d + 1]), least(1e-300);
      sums.share += x_bar * course.clock_by_share(c, load(after[level_row]));
      const Batch c_bar = -(x_bar * reciprocal(select(c < least, least, c) * course.speed(c)));
      sums.per_unit += c_bar * load(plan.amount[d]);
      if (d == 0) continue;
      const Lanes* before = t.before + 2 * d;
      accumulate(t.after_bar[d], reverse_fall(course, c_bar, load(before[0]), load(before[1]),
                                              load(plan.offsets[plan.gap_of_dose[d]]), sums));
    }
  }
};

}  // namespace qdose::QDOSE_ISA
