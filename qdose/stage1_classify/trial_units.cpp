#include "qdose/stage1_classify/trial_units.hpp"

#include <cmath>

#include "qdose/models/catalogue.hpp"

namespace qdose {
namespace {

/// Powers of dose, concentration, time and response in a unit.
struct Powers {
  std::string_view unit;
  int dose, concentration, time, response;
};
constexpr Powers known[] = {{"L/h", 1, -1, -1, 0}, {"L", 1, -1, 0, 0},    {"1/h", 0, 0, -1, 0},
                            {"h", 0, 0, 1, 0},     {"mg/L", 0, 1, 0, 0},  {"mg/h", 1, 0, -1, 0},
                            {"mg", 1, 0, 0, 0},    {"ng/mL", 0, 0, 0, 1}, {"(ng/mL)/(mg/L)", 0, -1, 0, 1}};

}  // namespace

TrialUnits trial_units(Role role, const DesignScale& scale, std::span<const double> levels) {
  TrialUnits units;
  units.time = std::log(scale.time);
  units.dose = std::log(scale.dose);
  if (role == Role::pk) {
    units.concentration = levels[0] + units.dose;
  } else {
    units.response = levels[0];
    units.concentration = levels[1];
  }
  return units;
}

double log_size(std::string_view unit, const TrialUnits& units) {
  for (const Powers& p : known)
    if (p.unit == unit)
      return p.dose * units.dose + p.concentration * units.concentration + p.time * units.time +
             p.response * units.response;
  return 0;
}

Encoder in_units_of(const Encoder& general, const TrialUnits& units, std::span<const double> levels,
                    const std::vector<bool>& possible) {
  Encoder own = general;
  own.task.reference_levels.assign(levels.begin(), levels.end());
  own.task.possible = possible;
  for (ParameterSlot& slot : own.task.slots) {
    const ModelInfo& model = *find_model(own.task.classes[slot.model]);
    const int k = parameter_index(model, slot.symbol);
    slot.mean += log_size(model.parameters[static_cast<std::size_t>(k)].unit, units);
  }
  return own;
}

}  // namespace qdose
