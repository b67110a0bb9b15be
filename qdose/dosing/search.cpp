#include "qdose/dosing/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/dosing/attainment.hpp"
#include "qdose/dosing/required_dose.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

namespace {

struct Regimen {
  std::string name;
  double interval = 24, grid = 0.5;
};

/// What the trial gave: the largest single dose and the largest average dose rate (per h).
struct Studied {
  double dose = 0, rate = 0;
};

Studied studied_doses(const Trial& trial) {
  Studied s;
  for (const Subject& subject : trial.subjects) {
    const auto& d = subject.doses;
    for (std::size_t k = 0; k < d.size(); ++k) {
      s.dose = std::max(s.dose, d[k].amount);
      if (k > 0 && d[k].time > d[k - 1].time)
        s.rate = std::max(s.rate, d[k - 1].amount / (d[k].time - d[k - 1].time));
    }
  }
  if (!(s.rate > 0)) s.rate = s.dose / 24.0;  // single doses: as if once daily
  return s;
}

Errors faults_of(const DoseSettings& s) {
  Errors errors;
  const auto need = [&](bool ok, const char* name, const char* range) {
    if (!ok) errors.push_back({Fault::bad_usage, fmt::format("{} must be {}", name, range), name, ""});
  };
  need(s.threshold > 0 && std::isfinite(s.threshold), "threshold", "positive");
  need(s.direction == "below" || s.direction == "above", "direction", "below or above");
  need(s.grid_daily > 0, "grid_daily", "positive");
  need(s.grid_weekly > 0, "grid_weekly", "positive");
  need(s.interval >= 0, "interval", "0 or positive");
  need(s.target > 0 && s.target < 1, "target", "between 0 and 1");
  need(s.lower_target > 0 && s.lower_target < 1, "lower_target", "between 0 and 1");
  need(s.weight_low > 0 && s.weight_high > s.weight_low, "weight_low", "positive and below weight_high");
  need(s.largest_multiple >= 1 && s.largest_multiple <= 1000, "largest_multiple", "1 to 1000");
  need(s.replicates >= 20 && s.replicates <= 10000, "replicates", "20 to 10000");
  need(s.subjects >= 50 && s.subjects <= 100000, "subjects", "50 to 100000");
  return errors;
}

/// Needed doses of all virtual subjects of one source, population and regimen.
class NeedSolver {
 public:
  NeedSolver(const PopulationModel& model, const PopulationSource& source,
             const CovariatePopulation& population, const Regimen& regimen, const Resolution& resolution,
             const Endpoint& endpoint, double largest, const DoseSettings& settings)
      : model_(model),
        source_(source),
        population_(population),
        regimen_(regimen),
        resolution_(resolution),
        endpoint_(endpoint),
        largest_(largest),
        settings_(settings) {}

  NeededDoses solve(Progress& progress) {
    NeededDoses needed(source_.replicates);
    std::atomic<std::size_t> done = 0;
    parallel_for(source_.replicates, settings_.threads, [&](std::size_t r) {
      if (interrupted()) return;
      needed[r] = replicate(r);
      const std::size_t n = ++done;
      if (n % 20 == 0) progress.update(n);
    });
    return needed;
  }
  long failures() const { return failures_; }
  long rising() const { return rising_; }
  long checked() const { return checked_; }

 private:
  std::vector<double> replicate(std::size_t r) {
    SteadyEndpoint extreme(model_.pk_class, model_.pd_class, regimen_.interval, resolution_, endpoint_.below);
    const auto n = static_cast<std::size_t>(settings_.subjects);
    const double smallest = 1e-3 * regimen_.grid;
    std::vector<double> needed;
    long failures = 0;
    for (std::size_t first = 0; first < n; first += lanes) {
      std::vector<Lanes> parameters(model_.parameters.size());
      for (std::size_t l = 0; l < lanes; ++l) {
        // The address of a virtual subject holds neither scenario nor regimen: the same people are asked
        // everywhere.
        Stream stream(settings_.seed, Purpose::population, r * n + std::min(first + l, n - 1));
        const std::vector<double> covariates = population_.draw(stream);
        const std::vector<double> x = source_.individual(r, covariates, stream);
        for (std::size_t i = 0; i < x.size(); ++i) parameters[i].v[l] = x[i];
      }
      if (first == 0) check(extreme, parameters, smallest);
      const Lanes dose = required_dose(extreme, parameters, endpoint_, smallest, largest_, failures);
      for (std::size_t l = 0; l < lanes && first + l < n; ++l) needed.push_back(dose.v[l]);
    }
    failures_ += failures;
    std::sort(needed.begin(), needed.end());
    return needed;
  }

  void check(SteadyEndpoint& extreme, const std::vector<Lanes>& parameters, double smallest) {
    const Lanes falls = falls_with_dose(extreme, parameters, endpoint_, smallest, largest_);
    for (double f : falls.v) rising_ += f == 0;
    checked_ += lanes;
  }

  const PopulationModel& model_;
  const PopulationSource& source_;
  const CovariatePopulation& population_;
  const Regimen& regimen_;
  Resolution resolution_;
  Endpoint endpoint_;
  double largest_;
  const DoseSettings& settings_;
  std::atomic<long> failures_ = 0, rising_ = 0, checked_ = 0;
};

/// Grid doses from the first up to where everybody who can be served is, thinned to at most 60 points.
std::vector<AttainmentPoint> curve_of(const NeededDoses& needed, double grid, double show_up_to) {
  const auto steps = static_cast<long>(std::max(10.0, std::ceil(show_up_to / grid)));
  const long stride = std::max(1L, steps / 60 + (steps % 60 != 0 ? 1 : 0));
  std::vector<AttainmentPoint> curve;
  for (long k = 0; k <= steps; k += stride)
    curve.push_back(attainment_at(needed, static_cast<double>(k) * grid));
  return curve;
}

std::string percent(double share) { return fmt::format("{:.0f}%", 100 * share); }

/// The answer of one scenario, regimen and source in words.
std::string sentence_of(const DoseAnswer& a, const DoseSettings& s, double largest) {
  const std::string where = s.direction == "below" ? "below" : "above";
  if (!a.dose_mg)
    return fmt::format(
        "No once-{} dose up to {:g} mg keeps the biomarker {} {:g} in {} of {}; the best attainment is {} "
        "(at {:g} mg).",
        a.regimen == "other" ? fmt::format("every-{:g}-h", a.interval_h) : a.regimen, largest, where,
        s.threshold, percent(a.target), a.description, percent(a.attainment.mean), a.attainment.dose_mg);
  std::string text = fmt::format(
      "{:g} mg {} keeps the biomarker {} {:g} through the whole interval in {} of {} "
      "(90% interval {} to {})",
      *a.dose_mg, a.regimen == "other" ? fmt::format("every {:g} h", a.interval_h) : "once " + a.regimen,
      where, s.threshold, percent(a.attainment.mean), a.description, percent(a.attainment.q5),
      percent(a.attainment.q95));
  if (a.extrapolates) text += "; this goes beyond what the trial studied";
  return text + ".";
}

DoseAnswer answer_of(const Scenario& scenario, const CovariatePopulation& population, const Regimen& regimen,
                     const std::string& source, const NeededDoses& needed, const Studied& studied,
                     double largest, const DoseSettings& settings) {
  DoseAnswer a;
  a.scenario = scenario.name;
  a.description = population.description;
  a.regimen = regimen.name;
  a.interval_h = regimen.interval;
  a.target = scenario.target;
  a.source = source;
  const Crossing cross = crossing(needed, scenario.target);
  a.crossing_dose_mg = cross.mean;
  a.crossing_q5 = cross.q5;
  a.crossing_q95 = cross.q95;
  if (cross.mean) {
    auto k = static_cast<long>(std::max(1.0, std::ceil(*cross.mean / regimen.grid - 1e-6)));
    while (attainment_at(needed, static_cast<double>(k) * regimen.grid).mean < scenario.target - 1e-12) ++k;
    if (static_cast<double>(k) * regimen.grid <= largest * (1 + 1e-9))
      a.dose_mg = static_cast<double>(k) * regimen.grid;
  }
  a.attainment = attainment_at(needed, a.dose_mg ? *a.dose_mg : largest);
  a.probability_target_met = probability_target_met(needed, a.attainment.dose_mg, scenario.target);
  a.extrapolates =
      population.beyond_trial || (a.dose_mg && (*a.dose_mg > studied.dose * (1 + 1e-9) ||
                                                *a.dose_mg / regimen.interval > studied.rate * (1 + 1e-9)));
  const double show = cross.q95 ? 1.6 * *cross.q95 : cross.mean ? 3 * *cross.mean : largest;
  a.curve = curve_of(needed, regimen.grid, std::min(show, largest));
  a.sentence = sentence_of(a, settings, largest);
  return a;
}

}  // namespace

Result<Doses> search_doses(const PopulationModel& model, const Trial& trial,
                           const std::vector<PopulationSource>& sources, const DoseSettings& settings,
                           Progress& progress) {
  if (Errors errors = faults_of(settings); !errors.empty()) return errors;
  const Questions questions = make_questions(model, trial, settings);
  std::vector<Regimen> regimens{{"daily", 24, settings.grid_daily}, {"weekly", 168, settings.grid_weekly}};
  if (settings.interval > 0)
    regimens.push_back({"other", settings.interval,
                        settings.grid_interval > 0 ? settings.grid_interval : settings.grid_daily});
  std::vector<Schedule> schedules;
  for (const Subject& s : trial.subjects) schedules.push_back(schedule_of(s));
  const Resolution resolution = resolution_for(schedules, model.pk_class);
  const Studied studied = studied_doses(trial);
  const Endpoint endpoint{settings.threshold, settings.direction == "below"};

  Doses doses;
  doses.threshold = settings.threshold;
  doses.direction = settings.direction;
  doses.notes = questions.notes;
  doses.notes.push_back(
      "Attainment is about the biomarker itself at steady state; residual (measurement) error is not added.");
  long failures = 0, rising = 0, checked = 0, subjects = 0;
  for (const PopulationSource& source : sources)
    for (const Regimen& regimen : regimens) {
      const double most = settings.largest_multiple * studied.rate * regimen.interval;
      const double largest = std::max(1.0, std::floor(most / regimen.grid + 1e-9)) * regimen.grid;
      std::vector<NeededDoses> needed;
      for (const CovariatePopulation& population : questions.populations) {
        progress.begin(fmt::format("doses: {} {} {}", source.name, regimen.name, population.name),
                       source.replicates);
        NeedSolver solver(model, source, population, regimen, resolution, endpoint, largest, settings);
        needed.push_back(solver.solve(progress));
        progress.end();
        if (interrupted()) return Error{Fault::numerical, "interrupted", "dose search", "start again"};
        failures += solver.failures();
        rising += solver.rising();
        checked += solver.checked();
        subjects += static_cast<long>(source.replicates) * settings.subjects;
      }
      for (const Scenario& scenario : questions.scenarios)
        doses.answers.push_back(answer_of(scenario, questions.populations[scenario.population], regimen,
                                          source.name, needed[scenario.population], studied, largest,
                                          settings));
    }
  if (failures * 2 > subjects)
    return Error{Fault::numerical, "the steady state of most virtual subjects could not be computed",
                 "dose search", "look at the fitted parameters: some are beyond what arithmetic can handle"};
  if (failures > 0)
    doses.notes.push_back(fmt::format(
        "{} of {} virtual subjects could not be computed and count as not served.", failures, subjects));
  if (rising > 0)
    doses.notes.push_back(fmt::format(
        "In {} of {} subjects checked a larger dose moved the biomarker the wrong way: the drug's effect "
        "does not serve this endpoint, or not at all doses.",
        rising, checked));
  return doses;
}

}  // namespace qdose
