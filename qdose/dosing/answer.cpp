#include "qdose/dosing/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

std::vector<AttainmentPoint> curve_of(const Attainment& attainment, const Regimen& regimen,
                                      const std::optional<double>& dose) {
  constexpr long most = 400;
  const long steps = std::lround(regimen.largest / regimen.grid);
  const long stride = (steps + most - 1) / most;
  const long answer = dose ? std::lround(*dose / regimen.grid) : -1;
  std::vector<AttainmentPoint> curve;
  for (long step = 0; step <= steps; ++step)
    if (step % stride == 0 || step == answer || step == steps)
      curve.push_back(attainment.at(static_cast<double>(step) * regimen.grid));
  return curve;
}

std::string percent(double share) { return fmt::format("{:.0f}%", 100 * share); }

std::string sentence_of(const DoseAnswer& a, const Regimen& regimen, const DoseSettings& settings) {
  const std::string side =
      fmt::format("{} {:g} through the whole interval", settings.direction, settings.threshold);
  if (!a.dose_mg)
    return fmt::format(
        "No dose up to {:g} mg {} keeps the biomarker of {} of the population {}; the best, {:g} mg, "
        "keeps {} there (90% band {} to {}).",
        regimen.largest, regimen.words, percent(a.target), side, a.attainment.dose_mg,
        percent(a.attainment.mean), percent(a.attainment.q5), percent(a.attainment.q95));
  if (*a.dose_mg == 0)
    return fmt::format("Without any drug the biomarker of {} of the population is {} already.",
                       percent(a.attainment.mean), side);
  return fmt::format(
      "{:g} mg {} keeps the biomarker of {} of the population {} (90% band {} to {}); the probability "
      "that it does so for at least {} is {}.",
      *a.dose_mg, regimen.words, percent(a.attainment.mean), side, percent(a.attainment.q5),
      percent(a.attainment.q95), percent(a.target), percent(a.probability_target_met));
}

}  // namespace

DoseAnswer make_answer(const Scenario& scenario, const Regimen& regimen, const std::string& source,
                       const Attainment& attainment, const DoseSettings& settings, double studied_rate,
                       bool beyond_covariates) {
  DoseAnswer a;
  a.scenario = scenario.name, a.description = scenario.description, a.regimen = regimen.name;
  a.interval_h = regimen.interval, a.target = scenario.target, a.source = source;
  a.dose_mg = attainment.smallest_on_grid(a.target, regimen.grid, regimen.largest);
  a.curve = curve_of(attainment, regimen, a.dose_mg);
  a.attainment =
      a.dose_mg ? attainment.at(*a.dose_mg) : *std::ranges::max_element(a.curve, {}, &AttainmentPoint::mean);
  a.probability_target_met = attainment.probability_met(a.attainment.dose_mg, a.target);
  using Line = Attainment::Line;
  a.crossing_dose_mg = attainment.crossing(Line::mean, a.target, regimen.grid, regimen.largest);
  a.crossing_q5 = attainment.crossing(Line::q95, a.target, regimen.grid, regimen.largest);
  a.crossing_q95 = attainment.crossing(Line::q5, a.target, regimen.grid, regimen.largest);
  a.extrapolates = beyond_covariates || a.attainment.dose_mg / regimen.interval > studied_rate * (1 + 1e-9);
  a.sentence = sentence_of(a, regimen, settings);
  if (a.attainment.dose_mg / regimen.interval > studied_rate * (1 + 1e-9))
    a.sentence += " This average dose is above the largest one studied.";
  if (beyond_covariates) a.sentence += " The covariates reach beyond those studied.";
  return a;
}

void compare_targets(std::vector<DoseAnswer>& answers) {
  for (DoseAnswer& reduced : answers) {
    const auto full = std::ranges::find_if(answers, [&](const DoseAnswer& a) {
      return a.description == reduced.description && a.regimen == reduced.regimen &&
             a.source == reduced.source && a.target > reduced.target;
    });
    if (full == answers.end() || !reduced.dose_mg) continue;
    if (full->dose_mg)
      reduced.sentence += fmt::format(" That is {:g} mg less than for {}.", *full->dose_mg - *reduced.dose_mg,
                                      percent(full->target));
    else
      reduced.sentence += fmt::format(" For {} no dose was found.", percent(full->target));
  }
}

}  // namespace qdose
