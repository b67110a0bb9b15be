#include "qdose/dosing/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

long steps_of(const Regimen& regimen) { return std::lround(regimen.largest / regimen.grid); }

std::vector<AttainmentPoint> curve_of(const Attainment& attainment, const Regimen& regimen,
                                      const std::optional<double>& dose) {
  constexpr long most = 400;
  const long steps = steps_of(regimen), stride = (steps + most - 1) / most;
  const long answer = dose ? std::lround(*dose / regimen.grid) : -1;
  std::vector<AttainmentPoint> curve;
  for (long step = 0; step <= steps; ++step) {
    if (stride > 1 && step > answer && step % stride != 0 && step != steps)
      step = std::min(steps, (step / stride + 1) * stride);
    if (step % stride == 0 || step == answer || step == steps)
      curve.push_back(attainment.at(grid_dose(step, regimen.grid)));
  }
  return curve;
}

std::string percent(double share) { return fmt::format("{:.0f}%", 100 * share); }

/// The smallest dose of the grid from which on attainment is within half a percentage point of its best.
std::optional<double> plateau(const Attainment& attainment, const Regimen& regimen, double best) {
  const auto dose = attainment.smallest_on_grid(best - 0.005, regimen.grid, regimen.largest);
  return dose && *dose <= 0.5 * regimen.largest ? dose : std::nullopt;
}

/// "have a biomarker below 3.3 through the whole interval".
std::string have(const std::string& endpoint) {
  return fmt::format("have {} {}", endpoint.starts_with("AUC") ? "an" : "a", endpoint);
}

std::string sentence_without_dose(const DoseAnswer& a, const AnswerParts& parts) {
  const Regimen& regimen = parts.regimen;
  const std::string& unit = parts.dose_unit;
  if (a.safety && a.safety->efficacy_dose_mg)
    return fmt::format(
        "No dose {} is both enough and safe: {:g} {} is needed for {} of the population to {}, but there "
        "only "
        "{} keep to the safety limit ({}); {}.",
        regimen.words, *a.safety->efficacy_dose_mg, unit, percent(a.target), have(a.endpoint),
        percent(a.safety->at_dose.mean), a.safety->words,
        a.safety->largest_dose_mg
            ? fmt::format("the largest dose within it is {:g} {}, with which {} of the population {}",
                          *a.safety->largest_dose_mg, unit, percent(a.attainment.mean), have(a.endpoint))
            : "no dose is within it");
  std::string text = fmt::format(
      "No dose up to {:g} {} {} makes {} of the population {}; with the best, {:g} {}, {} do (90% band {} to "
      "{}).",
      regimen.largest, unit, regimen.words, percent(a.target), have(a.endpoint), a.attainment.dose_mg, unit,
      percent(a.attainment.mean), percent(a.attainment.q5), percent(a.attainment.q95));
  if (const auto flat = plateau(parts.attainment, regimen, a.attainment.mean))
    text += fmt::format(" From {:g} {} on a larger dose adds nothing.", *flat, unit);
  return text;
}

std::string sentence_of(const DoseAnswer& a, const AnswerParts& parts) {
  if (!a.dose_mg) return sentence_without_dose(a, parts);
  if (*a.dose_mg == 0)
    return fmt::format("Without any drug {} of the population {} already.", percent(a.attainment.mean),
                       have(a.endpoint));
  return fmt::format(
      "With {:g} {} {}, {} of the population {} (90% band {} to {}); the probability that at least {} do is "
      "{}.",
      *a.dose_mg, parts.dose_unit, parts.regimen.words, percent(a.attainment.mean), have(a.endpoint),
      percent(a.attainment.q5), percent(a.attainment.q95), percent(a.target),
      percent(a.probability_target_met));
}

RequiredDose required_dose_of(const std::vector<double>& q) {
  const auto finite = [&](std::size_t k) {
    return k < q.size() && std::isfinite(q[k]) ? std::optional(q[k]) : std::nullopt;
  };
  return {finite(0), finite(1), finite(2), finite(3), finite(4)};
}

/// The Monte-Carlo error of the dose, and whether it leaves the grid's dose open.
void add_monte_carlo(DoseAnswer& a, const AnswerParts& parts) {
  const Attainment& attainment = parts.attainment;
  const double grid = parts.regimen.grid;
  a.mc_error = attainment.monte_carlo_error(a.attainment.dose_mg);
  a.replicates = attainment.replicates();
  if (!a.crossing_dose_mg || !a.dose_mg || *a.crossing_dose_mg <= 0) return;
  const double dose = *a.crossing_dose_mg;
  const double slope = (attainment.mean(dose * 1.05) - attainment.mean(dose * 0.95)) / (0.1 * dose);
  if (!(slope > 0)) return;
  const double error = attainment.monte_carlo_error(dose) / slope;
  a.crossing_mc_error_mg = error;
  a.grid_decided = dose + 2 * error <= *a.dose_mg && dose - 2 * error > *a.dose_mg - grid;
}

void add_safety(DoseAnswer& a, const AnswerParts& parts) {
  if (parts.safety == nullptr || !parts.scenario.safety) return;
  const SafetyLimit& limit = *parts.scenario.safety;
  SafetyAnswer safety;
  safety.words =
      fmt::format("{}, for {} of the population", endpoint_words(limit.endpoint), percent(limit.share));
  safety.largest_dose_mg =
      parts.safety->largest_on_grid(limit.share, parts.regimen.grid, parts.regimen.largest);
  safety.efficacy_dose_mg = a.dose_mg;
  safety.at_dose = parts.safety->at(a.attainment.dose_mg);
  if (a.dose_mg && (!safety.largest_dose_mg || *safety.largest_dose_mg < *a.dose_mg)) {
    a.dose_mg.reset();
    a.attainment = parts.attainment.at(safety.largest_dose_mg.value_or(0));
  }
  a.safety = safety;
}

}  // namespace

DoseAnswer make_answer(const AnswerParts& parts) {
  const Attainment& attainment = parts.attainment;
  const Regimen& regimen = parts.regimen;
  const double grid = regimen.grid, largest = regimen.largest;
  DoseAnswer a;
  a.scenario = parts.scenario.name, a.description = parts.scenario.description, a.regimen = regimen.name;
  a.interval_h = regimen.repetition.interval, a.target = parts.scenario.target, a.source = parts.source;
  a.endpoint = endpoint_words(parts.scenario.endpoint);
  a.dose_mg = attainment.smallest_on_grid(a.target, grid, largest);
  a.curve = curve_of(attainment, regimen, a.dose_mg);
  const double best = std::ceil(attainment.best_dose(largest) / grid * (1 - 1e-12));
  a.attainment = attainment.at(a.dose_mg.value_or(grid_dose(std::lround(best), grid)));
  a.crossing_dose_mg = attainment.crossing(a.target, largest);
  a.crossing_q5 = attainment.quantile_crossing(0.95, a.target, grid, largest);
  a.crossing_q95 = attainment.quantile_crossing(0.05, a.target, grid, largest);
  for (const auto& chain : parts.chains)
    a.crossing_by_chain.push_back(attainment.of(chain).crossing(a.target, largest));
  for (const double probability : {0.8, 0.9})
    a.assured.push_back({probability, attainment.assured_on_grid(a.target, probability, grid, largest)});
  a.required_dose = required_dose_of(parts.required_dose);
  add_safety(a, parts);
  a.probability_target_met = attainment.probability_met(a.attainment.dose_mg, a.target);
  add_monte_carlo(a, parts);
  const bool beyond_doses = a.attainment.dose_mg / a.interval_h > parts.studied_rate * (1 + 1e-9);
  a.extrapolates = parts.beyond_covariates || beyond_doses;
  a.sentence = sentence_of(a, parts);
  if (beyond_doses) {
    const double ratio = a.attainment.dose_mg / a.interval_h / parts.studied_rate;
    a.sentence += ratio < 2 || !std::isfinite(ratio)
                      ? " This average dose is above the largest one studied."
                      : fmt::format(" This average dose is {:.1f} times the largest one studied.", ratio);
  }
  if (parts.beyond_covariates) a.sentence += " The covariates reach beyond those studied.";
  return a;
}

void compare_targets(std::vector<DoseAnswer>& answers, const std::string& dose_unit) {
  for (DoseAnswer& reduced : answers) {
    const auto full = std::ranges::find_if(answers, [&](const DoseAnswer& a) {
      return a.description == reduced.description && a.regimen == reduced.regimen &&
             a.source == reduced.source && a.endpoint == reduced.endpoint && a.target > reduced.target;
    });
    if (full == answers.end() || !reduced.dose_mg) continue;
    if (full->dose_mg)
      reduced.sentence += fmt::format(" That is {:g} {} less than for {}.", *full->dose_mg - *reduced.dose_mg,
                                      dose_unit, percent(full->target));
    else
      reduced.sentence += fmt::format(" For {} no dose was found.", percent(full->target));
  }
}

}  // namespace qdose
