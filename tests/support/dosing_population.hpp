// A population whose required doses can be solved on paper.
#pragma once
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"

namespace qdose::testing {

/// Bolus and direct inhibition: the biomarker is highest just before a dose, and everything can be solved on
/// paper.
inline Fit known_fit(double omega, double uncertainty) {
  Fit fit;
  fit.model.pk_class = "pk_1c_iv", fit.model.pd_class = "pd_direct_inhib_emax";
  const auto add = [&](const char* name, bool pk, double fixed, bool varies) {
    fit.model.parameters.push_back({name, "", Scale::log, pk, !varies, fixed, varies});
  };
  add("CL", true, 0.05, false), add("V", true, 2, false);
  add("R0", false, 10, false), add("Imax", false, 1, false), add("IC50", false, 0, true);
  fit.model.covariates = {{"BW", false, 70, 50, 100, {}}, {"COMED", true, 0, 0, 1, {0, 1}}};
  fit.model.effects = {{1, 4, 1, "COMED_on_IC50"}};
  for (std::uint64_t d = 0; d < 400; ++d) {
    Stream stream(3, Purpose::property_test, d);
    PopulationDraw draw;
    draw.typical = {std::log(0.05), std::log(2.0), std::log(10.0), 0,
                    std::log(0.5) + uncertainty * stream.normal()};
    draw.omega = {0, 0, 0, 0, omega};
    draw.beta = {0.7};
    draw.pd_proportional = 0.1;
    fit.draws.push_back(draw);
  }
  return fit;
}

}  // namespace qdose::testing
