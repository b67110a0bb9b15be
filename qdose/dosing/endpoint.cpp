#include "qdose/dosing/endpoint.hpp"

#include <fmt/format.h>

namespace qdose {

Endpoint throughout(Quantity quantity, Direction direction, double threshold) {
  return {quantity, direction == Direction::below ? Measure::peak : Measure::trough, direction, threshold, 1};
}

bool is_single_value(const Endpoint& endpoint) {
  return endpoint.measure == Measure::peak || endpoint.measure == Measure::trough ||
         endpoint.measure == Measure::end;
}

std::string endpoint_words(const Endpoint& e) {
  const char* quantity = e.quantity == Quantity::biomarker ? "biomarker" : "concentration";
  const char* direction = e.direction == Direction::below ? "below" : "above";
  const bool whole = e.measure == (e.direction == Direction::below ? Measure::peak : Measure::trough);
  if (whole) return fmt::format("{} {} {:g} through the whole interval", quantity, direction, e.threshold);
  switch (e.measure) {
    case Measure::peak:
      return fmt::format("peak {} {} {:g}", quantity, direction, e.threshold);
    case Measure::trough:
      return fmt::format("lowest {} {} {:g}", quantity, direction, e.threshold);
    case Measure::mean:
      return fmt::format("mean {} {} {:g}", quantity, direction, e.threshold);
    case Measure::auc:
      return fmt::format("AUC of the {} over an interval {} {:g}", quantity, direction, e.threshold);
    case Measure::end:
      return fmt::format("{} before the next dose {} {:g}", quantity, direction, e.threshold);
    case Measure::time:
      break;
  }
  return fmt::format("{} {} {:g} for at least {:g}% of the interval", quantity, direction, e.threshold,
                     100 * e.share);
}

}  // namespace qdose
