#include "qdose/dosing/steady_endpoint.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "qdose/base/expects.hpp"

namespace qdose {

namespace {

constexpr std::size_t grid_points = 40;

/// Just after the dose, then from a fraction of the finest panel to the end of the interval, evenly in the
/// logarithm.
std::vector<double> endpoint_times(double interval, double first) {
  const double start = std::min(0.3 * first, interval / 50), ratio = interval / start;
  std::vector<double> times{1e-6 * interval};
  for (std::size_t i = 0; i < grid_points; ++i)
    times.push_back(start * std::pow(ratio, static_cast<double>(i) / (grid_points - 1)));
  times.back() = interval;
  return times;
}

}  // namespace

SteadyEndpoint::SteadyEndpoint(std::string pk_class, std::string pd_class, double interval,
                               Resolution resolution, bool largest)
    : pk_(pk_kernels(pk_class)), pd_(pd_kernels(pd_class)), largest_(largest) {
  resolution.longest = std::min(resolution.longest, interval / 4);
  const auto times = endpoint_times(interval, resolution.first);
  plan_ = make_steady_plan(all_lanes(1.0), 0.0, interval, times, resolution);
  expects(!plan_.pk.slots.empty() && plan_.pk.slots.front().dose[0] == 1.0, "the first event is the dose");
  concentration_.resize(plan_.pk.points.size());
  response_.resize(plan_.pd.responses.size());
}

Lanes SteadyEndpoint::operator()(const std::vector<Lanes>& parameters, const Lanes& dose) {
  plan_.pk.amount.front() = dose;
  plan_.pk.slots.front().dose = dose;
  pk_.concentrations(plan_.pk, parameters.data(), workspace_, concentration_.data());
  pd_.responses(plan_.pd, parameters.data() + pk_.parameters, concentration_.data(), workspace_,
                response_.data());
  const double sign = largest_ ? 1.0 : -1.0;
  Lanes extreme;
  for (std::size_t l = 0; l < lanes; ++l) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < response_.size(); ++k)
      if (sign * response_[k].v[l] > sign * response_[best].v[l]) best = k;
    double value = response_[best].v[l];
    if (best >= 2 && best + 1 < response_.size()) {  // the first time is not on the logarithmic grid
      const double a = response_[best - 1].v[l], b = value, c = response_[best + 1].v[l],
                   bend = a - 2 * b + c;
      if (sign * bend < 0) value = b - (c - a) * (c - a) / (8 * bend);
    }
    extreme.v[l] = value;
    for (const Lanes& r : response_)
      if (!std::isfinite(r.v[l])) extreme.v[l] = NAN;
  }
  return extreme;
}

}  // namespace qdose
