#include "qdose/dosing/required_dose.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr std::size_t rungs = 7;

/// How far the measure is on the wrong side, one a lane; negative means attained. The logarithm of the ratio
/// to the threshold, which is nearly a straight line over log dose, where both are positive.
class Excess {
 public:
  Excess(IntervalResponse& response, const Endpoint& endpoint, const Lanes& threshold)
      : response_(response), endpoint_(endpoint), threshold_(threshold) {
    for (std::size_t l = 0; l < lanes; ++l)
      scale_.v[l] = threshold.v[l] != 0 ? 1 / std::abs(threshold.v[l]) : 1.0;
  }
  Lanes operator()(const Lanes& dose) {
    response_.give(dose);
    Lanes value = response_.measure(endpoint_);
    for (std::size_t l = 0; l < lanes; ++l) {
      if (endpoint_.measure == Measure::time) {
        value.v[l] = endpoint_.share - value.v[l] - 1e-9;  // a share that is just reached is attained
        continue;
      }
      const bool positive = value.v[l] > 0 && threshold_.v[l] > 0;
      const double over =
          positive ? std::log(value.v[l] / threshold_.v[l]) : (value.v[l] - threshold_.v[l]) * scale_.v[l];
      value.v[l] = endpoint_.direction == Direction::below ? over : -over;
    }
    return value;
  }

 private:
  IntervalResponse& response_;
  const Endpoint& endpoint_;
  Lanes threshold_, scale_;
};

/// One change of sign a lane, between two doses on the scale log(dose + unit).
struct Bracket {
  Lanes low, high, at_low, at_high;
  std::array<bool, lanes> open{};
};

/// One Illinois step: the next trial of a lane, in the middle where regula falsi cannot be trusted.
double trial(double low, double high, double at_low, double at_high) {
  const double middle = 0.5 * (low + high);
  if (!std::isfinite(at_low) || !std::isfinite(at_high) || at_low == at_high) return middle;
  const double x = high - at_high * (high - low) / (at_high - at_low);
  const double margin = 1e-3 * (high - low);
  return x > low + margin && x < high - margin ? x : middle;
}

/// The dose of the change in each open lane.
Lanes locate(Excess& excess, const Bracket& start, double unit) {
  Bracket bracket = start;
  constexpr int most_steps = 40;
  constexpr double tolerance = 1e-5, small_step = 3e-5, small_excess = 1e-7;
  std::array<int, lanes> last_side{};
  std::array<bool, lanes> busy = bracket.open;
  Lanes x, last = all_lanes(INFINITY), dose;
  for (int step = 0; step < most_steps && std::ranges::count(busy, true) > 0; ++step) {
    for (std::size_t l = 0; l < lanes; ++l) {
      if (busy[l] || step == 0)
        x.v[l] = trial(bracket.low.v[l], bracket.high.v[l], bracket.at_low.v[l], bracket.at_high.v[l]);
      dose.v[l] = std::exp(x.v[l]) - unit;
    }
    const Lanes value = excess(dose);
    for (std::size_t l = 0; l < lanes; ++l) {
      if (!busy[l]) continue;
      const double y = std::isnan(value.v[l]) ? INFINITY : value.v[l];  // failed: not attained
      const bool like_low = (y < 0) == (bracket.at_low.v[l] < 0);
      const int side = like_low ? -1 : 1;
      (like_low ? bracket.low : bracket.high).v[l] = x.v[l];
      (like_low ? bracket.at_low : bracket.at_high).v[l] = y;
      if (last_side[l] == side) (like_low ? bracket.at_high : bracket.at_low).v[l] *= 0.5;  // Illinois
      last_side[l] = side;
      busy[l] = bracket.high.v[l] - bracket.low.v[l] > tolerance && std::abs(y) > small_excess &&
                std::abs(x.v[l] - last.v[l]) > small_step;
      last.v[l] = x.v[l];
    }
  }
  return dose;
}

}  // namespace

std::array<AttainedDoses, lanes> attained_doses(IntervalResponse& response, const Endpoint& endpoint,
                                                const Lanes& threshold, double largest) {
  Excess excess(response, endpoint, threshold);
  const double unit = largest / 1024;
  std::array<double, rungs> ladder{0};
  std::array<Lanes, rungs> values;
  std::array<AttainedDoses, lanes> result;
  for (std::size_t r = 0; r < rungs; ++r) {
    if (r > 0) ladder[r] = unit * std::pow(4.0, static_cast<double>(r) - 1);
    values[r] = excess(all_lanes(ladder[r]));
    for (std::size_t l = 0; l < lanes; ++l) result[l].failed |= std::isnan(values[r].v[l]);
  }
  for (std::size_t l = 0; l < lanes; ++l) result[l].at_zero = values[0].v[l] < 0;

  for (std::size_t r = 1; r < rungs; ++r) {
    Bracket bracket{all_lanes(std::log(ladder[r - 1] + unit)),
                    all_lanes(std::log(ladder[r] + unit)),
                    values[r - 1],
                    values[r],
                    {}};
    bool any = false;
    for (std::size_t l = 0; l < lanes; ++l) {
      const bool changes = (values[r - 1].v[l] < 0) != (values[r].v[l] < 0);
      bracket.open[l] = changes && result[l].count < result[l].switches.size();
      any |= bracket.open[l];
    }
    if (!any) continue;
    const Lanes dose = locate(excess, bracket, unit);
    for (std::size_t l = 0; l < lanes; ++l)
      if (bracket.open[l]) result[l].switches[result[l].count++] = dose.v[l];
  }
  return result;
}

}  // namespace qdose
