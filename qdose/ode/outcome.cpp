#include "qdose/ode/outcome.hpp"

namespace qdose {

std::string_view describe(OdeOutcome outcome) {
  switch (outcome) {
    case OdeOutcome::done:
      return "reached the end";
    case OdeOutcome::too_many_steps:
      return "ran out of steps: the system is stiff, or the tolerance too tight";
    case OdeOutcome::step_too_small:
      return "the step fell below rounding: a tolerance asks for more than 16 digits";
    case OdeOutcome::not_finite:
      return "the solution left the finite numbers: check the parameters' size";
  }
  return "";
}

}  // namespace qdose
