// Resets and doses at steady state, written out as plain doses: what the plans and kernels know.
#pragma once
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// A reset is an infinite washout: what follows it lies so much later (2^23 h, 957 years) that nothing is
/// left, whatever the class.
inline constexpr double washout = 8388608.0;
/// A step or panel of this length or more only occurs in a washout (h).
inline constexpr double part_of_washout = 0.01 * washout;

/// A dose at steady state was given before for at least this long (h) and this many intervals. A half-life of
/// 376 h then leaves 1e-8 of the earlier doses out.
inline constexpr double steady_history = 10000.0;
inline constexpr int steady_doses = 30;

/// True when no dose has a reset or steady state.
bool is_plain(const Schedule& schedule);

/// The same schedule as plain doses. A value belongs to the occasion of the last reset before its time; a
/// dose to that of the last reset at or before it. A dose at steady state is a reset, unless it adds or is
/// the first: values before a first one see its steady state.
Schedule plain_schedule(const Schedule& schedule);

}  // namespace qdose
