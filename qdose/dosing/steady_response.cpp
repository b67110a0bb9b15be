#include "qdose/dosing/steady_response.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
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

BatchPlan unit_plan(const std::string& pk_class, const Repetition& repetition,
                    const std::vector<double>& times) {
  Schedule schedule;
  for (int d = 0; d < 3; ++d) schedule.doses.push_back({d * repetition.interval, 1, repetition.duration});
  schedule.pd_times = {times.begin() + 1, times.end()};  // the first is a limit, not a scale of the problem
  const Resolution resolution = resolution_for({&schedule, 1}, pk_class);
  return make_steady_plan(all_lanes(1), repetition.duration, repetition.interval, times, resolution);
}

/// The same plan with other doses.
void scale_doses(const PkPlan& unit, const Lanes& dose, PkPlan& out) {
  out = unit;
  for (std::size_t l = 0; l < lanes; ++l) {
    for (Lanes& amount : out.amount) amount.v[l] *= dose.v[l];
    for (PkPlan::Slot& slot : out.slots) slot.dose.v[l] *= dose.v[l], slot.rate.v[l] *= dose.v[l];
  }
}

/// Value at the top of the parabola through three points with the highest in the middle; never below the
/// middle one.
double vertex(double t0, double y0, double t1, double y1, double t2, double y2) {
  const double rise = (y1 - y0) / (t1 - t0), fall = (y2 - y1) / (t2 - t1);
  const double curvature =
      (fall - rise) / (t2 - t0);  // of Newton's form y0 + rise (t - t0) + curvature (t-t0)(t-t1)
  if (!(curvature < 0)) return y1;
  const double top = 0.5 * (t0 + t1) - 0.5 * rise / curvature;
  if (!(top > t0 && top < t2)) return y1;
  return std::max(y1, y0 + rise * (top - t0) + curvature * (top - t0) * (top - t1));
}

}  // namespace

SteadyResponse::SteadyResponse(const std::string& pk_class, const std::string& pd_class,
                               const Repetition& repetition)
    : pk_(pk_kernels(pk_class)),
      pd_(pd_kernels(pd_class)),
      linear_(is_dose_linear(pk_class)),
      times_(observation_times(repetition.interval)),
      unit_(unit_plan(pk_class, repetition, times_)),
      unit_concentrations_(unit_.pk.points.size()),
      concentrations_(unit_.pk.points.size()),
      responses_(unit_.pd.responses.size()) {}

void SteadyResponse::set_subjects(const std::vector<Lanes>& parameters) {
  expects(parameters.size() == pk_.parameters + pd_.parameters, "one row a parameter of the two classes");
  parameters_ = parameters;
  if (linear_) pk_.concentrations(unit_.pk, parameters_.data(), workspace_, unit_concentrations_.data());
}

void SteadyResponse::evaluate(const Lanes& dose) {
  if (linear_) {
    for (std::size_t k = 0; k < concentrations_.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l)
        concentrations_[k].v[l] = dose.v[l] * unit_concentrations_[k].v[l];
  } else {
    scale_doses(unit_.pk, dose, scaled_);
    pk_.concentrations(scaled_, parameters_.data(), workspace_, concentrations_.data());
  }
  pd_.responses(unit_.pd, parameters_.data() + pk_.parameters, concentrations_.data(), workspace_,
                responses_.data());
}

Lanes SteadyResponse::extreme(const Lanes& dose, Direction direction) {
  evaluate(dose);
  const double sign = direction == Direction::below ? 1 : -1;
  Lanes result;
  for (std::size_t l = 0; l < lanes; ++l) {
    std::size_t best = 0;
    bool finite = true;
    for (std::size_t k = 0; k < responses_.size(); ++k) {
      finite = finite && std::isfinite(responses_[k].v[l]);
      if (sign * responses_[k].v[l] > sign * responses_[best].v[l]) best = k;
    }
    double value = sign * responses_[best].v[l];
    if (best > 0 && best + 1 < responses_.size())
      value = vertex(times_[best - 1], sign * responses_[best - 1].v[l], times_[best], value,
                     times_[best + 1], sign * responses_[best + 1].v[l]);
    result.v[l] = finite ? sign * value : NAN;
  }
  return result;
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
