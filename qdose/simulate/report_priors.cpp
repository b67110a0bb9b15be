#include "qdose/simulate/report_priors.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose {
namespace {

constexpr std::array<double, 39> pk_grid{0,   1,   2,   4,   8,   12,  24,  36,  48,  72,  96,  120,  144,
                                         168, 192, 216, 240, 264, 288, 312, 336, 360, 384, 408, 432,  456,
                                         480, 481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008, 1176};
constexpr std::array<double, 25> pd_grid{0,   1,   2,   4,   8,   12,  24,  36,  48,  72,  168,  336, 480,
                                         481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008, 1176};
constexpr int most_doses = 25;

/// Grid times at which some schedule may have a dose.
std::vector<std::size_t> dose_places() {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < pk_grid.size(); ++i)
    if (std::fmod(pk_grid[i], 24.0) == 0) places.push_back(i);
  return places;
}

/// One plan for all schedules: a dose at every possible time, amounts set batch by batch (0 where none is
/// given).
class PkTemplate {
 public:
  PkTemplate() : places_(dose_places()) {
    Schedule s;
    // The amounts tell the doses apart in the slots.
    for (std::size_t d = 0; d < places_.size(); ++d)
      s.doses.push_back({pk_grid[places_[d]], static_cast<double>(d + 1), 0.0});
    s.pk_times.assign(pk_grid.begin(), pk_grid.end());
    const std::vector<Schedule> all(lanes, s);
    plan_ = make_plan(all, {1, 1, 24}, false).pk;
    for (const PkPlan::Slot& slot : plan_.slots)
      dose_of_slot_.push_back(static_cast<int>(slot.dose.v[0]) - 1);
  }
  const std::vector<std::size_t>& places() const { return places_; }
  /// The plan with these amounts, [doses].
  PkPlan with(const std::vector<Lanes>& amounts) const {
    PkPlan plan = plan_;
    plan.amount = amounts;
    for (std::size_t s = 0; s < plan.slots.size(); ++s)
      if (dose_of_slot_[s] >= 0) plan.slots[s].dose = amounts[static_cast<std::size_t>(dose_of_slot_[s])];
    return plan;
  }

 private:
  std::vector<std::size_t> places_;
  PkPlan plan_;
  std::vector<int> dose_of_slot_;
};

/// Panels between the times of the PD grid, short after its dense parts; points 0-24 are the grid, then three
/// nodes a panel.
struct PdTemplate {
  PdPlan plan;
  struct Node {
    std::size_t interval;
    double share;  ///< of the way through the grid's interval
  };
  std::vector<Node> nodes;

  PdTemplate() {
    plan.node0 = pd_grid.size();
    plan.responses.push_back({-1, 0});
    for (std::size_t i = 0; i + 1 < pd_grid.size(); ++i) {
      const double length = pd_grid[i + 1] - pd_grid[i];
      const int panels = length <= 4 ? 1 : length <= 12 ? 2 : length <= 48 ? 4 : 8;
      plan.lengths.push_back(all_lanes(length / panels));
      for (int p = 0; p < panels; ++p) {
        plan.panels.push_back({static_cast<std::int32_t>(plan.lengths.size() - 1)});
        for (double x : gauss_node) nodes.push_back({i, (p + x) / panels});
      }
      plan.responses.push_back(
          {static_cast<std::int32_t>(plan.panels.size()) - 1, static_cast<std::int32_t>(i + 1)});
    }
  }
};

/// Everything that is random about one trajectory except its errors.
struct Drawn {
  Stream stream;  ///< goes on with the errors
  std::size_t pk = 0, pd = 0;
  std::vector<double> pk_parameters, pd_parameters;
  std::array<double, pk_grid.size()> dose{};
};

Drawn draw_item(Role role, Stream stream) {
  Drawn drawn{stream, 0, 0, {}, {}, {}};
  Stream& random = drawn.stream;
  const auto any_of = [&](std::span<const ModelInfo> models) {
    return static_cast<std::size_t>(random.below(static_cast<std::uint32_t>(models.size())));
  };
  drawn.pk = any_of(pk_models());
  drawn.pk_parameters = report_parameters(pk_models()[drawn.pk], random);
  const double amount = random.uniform(0, 10), interval = 24.0 * (1 + random.below(3));
  for (int k = 0; k < most_doses; ++k) {
    const bool missed = random.uniform() < 0.1;
    const auto place = std::find(pk_grid.begin(), pk_grid.end(), k * interval);
    if (!missed && place != pk_grid.end())
      drawn.dose[static_cast<std::size_t>(place - pk_grid.begin())] = amount;
  }
  if (role == Role::pd) {
    drawn.pd = any_of(pd_models());
    drawn.pd_parameters = report_parameters(pd_models()[drawn.pd], random);
  }
  return drawn;
}

/// Calls body(items) with up to eight indices at a time that share the class `class_of` gives.
template <class ClassOf, class Body>
void by_class(const std::vector<Drawn>& drawn, std::size_t classes, ClassOf class_of, Body body) {
  std::vector<std::vector<std::size_t>> groups(classes);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    auto& group = groups[class_of(drawn[i])];
    group.push_back(i);
    if (group.size() == lanes) {
      body(group);
      group.clear();
    }
  }
  for (const auto& group : groups)
    if (!group.empty()) body(group);
}

/// Parameters of a group as lanes; the rest repeat the first.
template <class ParametersOf>
std::vector<Lanes> lane_parameters(const std::vector<std::size_t>& group, ParametersOf parameters_of) {
  std::vector<Lanes> rows(parameters_of(group[0]).size());
  for (std::size_t p = 0; p < rows.size(); ++p)
    for (std::size_t l = 0; l < lanes; ++l) rows[p].v[l] = parameters_of(group[l < group.size() ? l : 0])[p];
  return rows;
}

using Curve = std::array<double, pk_grid.size()>;

std::vector<Curve> concentrations(const ReportProblem& problem, const std::vector<Drawn>& drawn) {
  static const PkTemplate prepared;
  std::vector<Curve> curves(drawn.size());
  Workspace workspace;
  by_class(
      drawn, pk_models().size(), [](const Drawn& d) { return d.pk; },
      [&](const auto& group) {
        const ModelInfo& model = pk_models()[drawn[group[0]].pk];
        const bool first_counts = problem.dose_at_zero || model.has_lag || model.has_infusion;
        std::vector<Lanes> amounts(prepared.places().size());
        for (std::size_t d = first_counts ? 0 : 1; d < amounts.size(); ++d)
          for (std::size_t l = 0; l < group.size(); ++l)
            amounts[d].v[l] = drawn[group[l]].dose[prepared.places()[d]];
        const auto parameters = lane_parameters(
            group, [&](std::size_t i) -> const auto& { return drawn[i].pk_parameters; });
        std::vector<Lanes> C(pk_grid.size());
        pk_kernels(model.about.id)
            .concentrations(prepared.with(amounts), parameters.data(), workspace, C.data());
        for (std::size_t l = 0; l < group.size(); ++l)
          for (std::size_t k = 0; k < pk_grid.size(); ++k)
            curves[group[l]][k] = C[k].v[l] < 0 ? 0.0 : C[k].v[l];
      });
  return curves;
}

/// The PD grid's part of a curve on the PK grid.
std::array<double, pd_grid.size()> on_pd_grid(const Curve& curve) {
  std::array<double, pd_grid.size()> values;
  for (std::size_t i = 0; i < pd_grid.size(); ++i)
    values[i] = curve[static_cast<std::size_t>(std::find(pk_grid.begin(), pk_grid.end(), pd_grid[i]) -
                                               pk_grid.begin())];
  return values;
}

std::vector<std::array<double, pd_grid.size()>> responses(const std::vector<Drawn>& drawn,
                                                          const std::vector<Curve>& curves) {
  static const PdTemplate prepared;
  std::vector<std::array<double, pd_grid.size()>> all(drawn.size());
  Workspace workspace;
  by_class(
      drawn, pd_models().size(), [](const Drawn& d) { return d.pd; },
      [&](const auto& group) {
        std::vector<Lanes> C(pd_grid.size() + prepared.nodes.size()), R(pd_grid.size());
        for (std::size_t l = 0; l < group.size(); ++l) {
          const auto given = on_pd_grid(curves[group[l]]);
          for (std::size_t i = 0; i < given.size(); ++i) C[i].v[l] = given[i];
          for (std::size_t n = 0; n < prepared.nodes.size(); ++n) {
            const auto [i, share] = prepared.nodes[n];
            C[pd_grid.size() + n].v[l] = given[i] + share * (given[i + 1] - given[i]);
          }
        }
        const auto parameters = lane_parameters(
            group, [&](std::size_t i) -> const auto& { return drawn[i].pd_parameters; });
        pd_kernels(pd_models()[drawn[group[0]].pd].about.id)
            .responses(prepared.plan, parameters.data(), C.data(), workspace, R.data());
        for (std::size_t l = 0; l < group.size(); ++l)
          for (std::size_t k = 0; k < pd_grid.size(); ++k) all[group[l]][k] = R[k].v[l];
      });
  return all;
}

float noisy(double value, double proportional, double additive, Stream& random) {
  const double z1 = random.normal(), z2 = random.normal();
  const double y = value * (1 + proportional * z1) + additive * z2;
  return static_cast<float>(y < 0 ? 0.0 : y);
}

}  // namespace

std::span<const double> report_times(Role role) {
  if (role == Role::pk) return pk_grid;
  return pd_grid;
}

std::vector<double> report_parameters(const ModelInfo& model, Stream& stream) {
  std::vector<double> values;
  for (const Parameter& p : model.parameters) {
    if (p.is_fixed_in_report()) {
      values.push_back(p.fixed);
      continue;
    }
    double x = stream.uniform(p.report.low, p.report.high);
    if (p.report.spread > 0) x *= std::exp(p.report.spread * stream.normal());
    values.push_back(x);
  }
  return values;
}

ReportTrajectories report_trajectories(const ReportProblem& problem, std::uint64_t seed, Purpose purpose,
                                       std::uint64_t first_item, std::size_t count) {
  std::vector<Drawn> drawn;
  drawn.reserve(count);
  // Sub-items keep PK and PD trajectories of the same address apart.
  for (std::size_t i = 0; i < count; ++i)
    drawn.push_back(
        draw_item(problem.role, Stream(seed, purpose, first_item + i, problem.role == Role::pk ? 101 : 102)));
  const std::vector<Curve> curves = concentrations(problem, drawn);

  ReportTrajectories made;
  made.count = count;
  made.times = report_times(problem.role).size();
  made.values.reserve(2 * count * made.times);
  made.exact.reserve(count * made.times);
  const auto effects =
      problem.role == Role::pd ? responses(drawn, curves) : decltype(responses(drawn, curves)){};
  for (std::size_t i = 0; i < count; ++i) {
    Drawn& d = drawn[i];
    if (problem.role == Role::pk) {
      made.label.push_back(pk_models()[d.pk].about.label);
      made.parameters.push_back(std::move(d.pk_parameters));
      for (double dose : d.dose) made.values.push_back(static_cast<float>(dose));
      for (double y : curves[i]) {
        made.values.push_back(noisy(y, 0.15, 0.02, d.stream));
        made.exact.push_back(static_cast<float>(y));
      }
    } else {
      made.label.push_back(pd_models()[d.pd].about.label);
      made.parameters.push_back(std::move(d.pd_parameters));
      for (double y : on_pd_grid(curves[i])) made.values.push_back(noisy(y, 0.10, 0.01, d.stream));
      for (double y : effects[i]) {
        made.values.push_back(noisy(y, 0.10, 0.05, d.stream));
        made.exact.push_back(static_cast<float>(y));
      }
    }
  }
  return made;
}

}  // namespace qdose
