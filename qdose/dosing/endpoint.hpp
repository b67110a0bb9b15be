// What is asked of one subject's course over a dosing interval: which quantity, which feature of it, on which
// side of which value.
#pragma once
#include <string>
#include <string_view>

namespace qdose {

enum class Direction { below, above };  ///< on which side of the threshold the value must lie
enum class Quantity { biomarker, concentration };

/// A feature of the course over one interval. `time` is the share of the interval on the right side of the
/// threshold; `auc` the area over one interval; `end` the value just before the next dose.
enum class Measure { peak, trough, mean, auc, end, time };

/// Attained means: the measure lies strictly on the right side of `threshold`; for Measure::time, the share
/// of the interval on that side is at least `share`.
struct Endpoint {
  Quantity quantity = Quantity::biomarker;
  Measure measure = Measure::peak;
  Direction direction = Direction::below;
  double threshold = 3.3;
  double share = 1;

  bool operator==(const Endpoint&) const = default;
};

/// The whole course on one side: its peak below, or its trough above.
Endpoint throughout(Quantity quantity, Direction direction, double threshold);

/// Whether the endpoint looks at a single value of the course, so that a residual error can be put on it.
bool is_single_value(const Endpoint& endpoint);

/// "biomarker below 3.3 through the whole interval", "AUC of the concentration over an interval below 40".
std::string endpoint_words(const Endpoint& endpoint);

}  // namespace qdose
