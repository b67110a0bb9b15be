// How an integration ended: a value that is counted, not an exception.
#pragma once
#include <string_view>

namespace qdose {

enum class OdeOutcome { done, too_many_steps, step_too_small, not_finite };

/// One sentence: what happened and what may help.
std::string_view describe(OdeOutcome outcome);

}  // namespace qdose
