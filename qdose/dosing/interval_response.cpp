#include "qdose/dosing/interval_response.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/dosing/course_measure.hpp"
#include "qdose/models/catalogue.hpp"

namespace qdose {
namespace {

/// Times in (0, interval]: just after the dose, then steps that grow by a quarter up to a twentieth of the
/// interval.
std::vector<double> observation_times(double interval) {
  std::vector<double> times{1e-6 * interval};
  for (double step = interval / 256, t = step; t < interval * 0.999; t += step) {
    times.push_back(t);
    step = std::min(1.25 * step, interval / 20);
  }
  times.push_back(interval);
  return times;
}

BatchPlan steady_plan(const std::string& pk_class, const std::string& pd_class, const Repetition& repetition,
                      const std::vector<double>& times) {
  Schedule schedule;
  for (int d = 0; d < 3; ++d) schedule.doses.push_back({d * repetition.interval, 1, repetition.duration});
  schedule.pd_times = {times.begin() + 1, times.end()};  // the first is a limit, not a scale of the problem
  const Resolution resolution = resolution_for({&schedule, 1}, pk_class, pd_class);
  return make_steady_plan(all_lanes(1), repetition.duration, repetition.interval, times, resolution);
}

/// The doses up to the interval looked at, the first one larger, and the times of that interval.
BatchPlan early_plan(const std::string& pk_class, const std::string& pd_class, const Repetition& repetition,
                     const std::vector<double>& times) {
  Schedule schedule;
  for (int d = 0; d < repetition.number; ++d)
    schedule.doses.push_back({d * repetition.interval, d == 0 ? repetition.loading : 1, repetition.duration});
  const double start = schedule.doses.back().time;
  for (const double t : times) schedule.pd_times.push_back(start + t);
  Schedule scale = schedule;
  scale.pd_times.erase(scale.pd_times.begin());
  const Resolution resolution = resolution_for({&scale, 1}, pk_class, pd_class);
  schedule.pk_times = schedule.pd_times;
  return make_plan({&schedule, 1}, resolution);
}

BatchPlan unit_plan(const std::string& pk_class, const std::string& pd_class, const Repetition& repetition,
                    const std::vector<double>& times) {
  return repetition.number > 0 ? early_plan(pk_class, pd_class, repetition, times)
                               : steady_plan(pk_class, pd_class, repetition, times);
}

/// The same plan with other doses.
void scale_doses(const PkPlan& unit, const Lanes& dose, PkPlan& out) {
  out = unit;
  for (std::size_t l = 0; l < lanes; ++l) {
    for (Lanes& amount : out.amount) amount.v[l] *= dose.v[l];
    for (auto* slots : {&out.slots, &out.interval})
      for (PkPlan::Slot& slot : *slots) slot.dose.v[l] *= dose.v[l], slot.rate.v[l] *= dose.v[l];
  }
}

}  // namespace

IntervalResponse::IntervalResponse(const std::string& pk_class, const std::string& pd_class,
                                   const Repetition& repetition)
    : pk_(pk_kernels(pk_class)),
      pd_(pd_kernels(pd_class)),
      linear_(is_dose_linear(pk_class)),
      times_(observation_times(repetition.interval)),
      unit_(unit_plan(pk_class, pd_class, repetition, times_)),
      unit_concentrations_(unit_.pk.points.size()),
      concentrations_(unit_.pk.points.size()),
      concentrations_at_times_(times_.size()),
      responses_(unit_.pd.responses.size()) {}

void IntervalResponse::set_subjects(const std::vector<Lanes>& parameters) {
  expects(parameters.size() == pk_.parameters + pd_.parameters, "one row a parameter of the two classes");
  parameters_ = parameters;
  if (linear_) pk_.concentrations(unit_.pk, parameters_.data(), workspace_, unit_concentrations_.data());
}

void IntervalResponse::give(const Lanes& dose) {
  if (linear_) {
    const std::size_t count = unit_.pd.own_cuts ? unit_.pd.length0() : concentrations_.size();
    for (std::size_t k = 0; k < count; ++k)
      for (std::size_t l = 0; l < lanes; ++l)
        concentrations_[k].v[l] = dose.v[l] * unit_concentrations_[k].v[l];
    // Behind the concentrations stand lengths of panels.
    for (std::size_t k = count; k < concentrations_.size(); ++k) concentrations_[k] = unit_concentrations_[k];
  } else {
    scale_doses(unit_.pk, dose, scaled_);
    pk_.concentrations(scaled_, parameters_.data(), workspace_, concentrations_.data());
  }
  // The points of the plan begin with the times.
  std::copy_n(concentrations_.begin(), times_.size(), concentrations_at_times_.begin());
  pd_.responses(unit_.pd, parameters_.data() + pk_.parameters, concentrations_.data(), workspace_,
                responses_.data());
}

Lanes IntervalResponse::measure(const Endpoint& endpoint) const {
  return course_measure(times_, values(endpoint.quantity), endpoint);
}

bool is_dose_linear(const std::string& pk_class) {
  const ModelInfo* model = find_model(pk_class);
  expects(model != nullptr, "a class of the catalogue");
  std::vector<Lanes> parameters;
  for (const Parameter& p : model->parameters)
    parameters.push_back(all_lanes(0.5 * (p.report.low + p.report.high)));
  Schedule schedule{{{0, 1, 0}}, {1, 5, 20}, {}};
  const auto concentrations = [&](double amount) {
    schedule.doses[0].amount = amount;
    const BatchPlan plan = make_plan({&schedule, 1}, {1, 1, 24}, false);
    std::vector<Lanes> values(plan.pk.points.size());
    Workspace workspace;
    pk_kernels(pk_class).concentrations(plan.pk, parameters.data(), workspace, values.data());
    return values;
  };
  const auto small = concentrations(1), large = concentrations(1000);
  for (std::size_t k = 0; k < small.size(); ++k)
    if (std::abs(large[k].v[0] - 1000 * small[k].v[0]) > 1e-8 * std::abs(large[k].v[0])) return false;
  return true;
}

}  // namespace qdose
