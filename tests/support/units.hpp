// The same trial in other units, and what a parameter then becomes.
#pragma once
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "qdose/data/trial.hpp"

namespace qdose {

/// Factors by which numbers grow when written in other units.
struct UnitChange {
  double dose = 1, concentration = 1, time = 1, response = 1;

  Trial apply(Trial trial) const {
    for (Subject& s : trial.subjects) {
      for (Dose& d : s.doses) d = {d.time * time, d.amount * dose, d.duration * time};
      for (Observation& o : s.concentrations) o = {o.time * time, o.value * concentration, o.line};
      for (Observation& o : s.responses) o = {o.time * time, o.value * response, o.line};
    }
    return trial;
  }

  /// The factor of a parameter with this unit.
  double factor(std::string_view unit) const {
    if (unit == "-") return 1;
    if (unit == "L/h") return dose / concentration / time;
    if (unit == "L") return dose / concentration;
    if (unit == "1/h") return 1 / time;
    if (unit == "h") return time;
    if (unit == "mg/L") return concentration;
    if (unit == "mg/h") return dose / time;
    if (unit == "ng/mL") return response;
    if (unit == "(ng/mL)/(mg/L)") return response / concentration;
    throw std::logic_error("a unit without a rule");
  }
};

}  // namespace qdose
