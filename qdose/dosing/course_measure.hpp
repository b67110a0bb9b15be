// Features of eight courses known at a few times: peaks between the times, areas, time on one side.
#pragma once
#include <span>

#include "qdose/dosing/endpoint.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// The endpoint's measure of each lane's course through (times, values), [times] each, ascending, three or
/// more; NaN for a lane with a value that is not finite.
Lanes course_measure(std::span<const double> times, std::span<const Lanes> values, const Endpoint& endpoint);

}  // namespace qdose
