// The dose search: 10^5 virtual subjects, and what solving the steady state saves over waiting for it.
#include <ctime>

#include "app/benchmarks/benchmark.hpp"
#include "qdose/dosing/assumptions.hpp"
#include "qdose/dosing/search_plan.hpp"
#include "qdose/simulate/trial_truth.hpp"

namespace qdose {
namespace {

constexpr int subjects_a_replicate = 500;

/// The people of the default virtual trial, with weight and co-medication acting, and uncertain typical
/// values.
struct People {
  TrialTruth truth = truth_of(VirtualTrialSettings{}).value();
  PopulationModel model;
  TrialPeople trial{{{55, 0}, {65, 1}, {75, 0}, {85, 1}, {95, 0}}};

  People() {
    model.pk_class = truth.pk->about.id, model.pd_class = truth.pd->about.id;
    model.covariates = {{"BW", false, 75, 55, 95, {}}, {"COMED", true, 0, 0, 1, {0, 1}}};
    for (const TrueParameter& p : truth.parameters)
      model.parameters.push_back({p.symbol, p.unit, p.scale, true, false, 0, true});
    for (const TrueEffect& e : truth.effects)
      for (std::size_t p = 0; p < truth.parameters.size(); ++p)
        if (truth.parameters[p].symbol == e.parameter)
          model.effects.push_back({e.covariate == "BW" ? 0u : 1u, p, 1, e.covariate + "_on_" + e.parameter});
  }

  PopulationSource source(std::size_t replicates) const {
    std::vector<PopulationDraw> draws(replicates);
    for (std::size_t r = 0; r < replicates; ++r) {
      Stream uncertain(1, Purpose::posterior_check, r);
      for (const TrueParameter& p : truth.parameters) {
        draws[r].typical.push_back(to_unbounded(p.scale, p.typical) + 0.05 * uncertain.normal());
        draws[r].omega.push_back(p.omega);
      }
      for (const TrueEffect& e : truth.effects) draws[r].beta.push_back(e.beta);
    }
    PopulationSource people;
    people.name = "posterior", people.replicates = replicates;
    people.individual = [this, draws](std::size_t r, std::span<const double> covariates, Stream& stream) {
      return draw_person(model, draws[r], {}, covariates, stream);
    };
    return people;
  }
};

Course course(double interval, double grid) {
  return {0,
          {"", {interval, 0}, grid, 200 * grid, ""},
          throughout(Quantity::biomarker, Direction::below, 4),
          {0.9}};
}

DoseSettings settings_for(int replicates, int threads) {
  DoseSettings settings;
  settings.replicates = settings.most_replicates = replicates;
  settings.subjects = subjects_a_replicate;
  settings.threads = threads;
  return settings;
}

/// Whole curves: 200 doses with their bands.
double curves(const SearchOutcome& outcome, const std::vector<Course>& courses) {
  double sum = 0;
  for (std::size_t c = 0; c < courses.size(); ++c)
    for (long step = 0; step <= 200; ++step)
      sum += outcome.attainment[c].at(grid_dose(step, courses[c].regimen.grid)).q5;
  return sum;
}

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds of work for 10^5 subjects, once daily and once weekly, with the curves of 200 doses each.
Result<Measurement> dose_100k(const Context&) {
  const People people;
  const DoseSettings settings = settings_for(100000 / subjects_a_replicate, 1);
  const SearchProblem problem{people.model, people.trial, {{}}, {course(24, 0.5), course(168, 5)}, settings};
  const double start = processor_seconds();
  const SearchOutcome outcome = solve_population(
      problem, {people.source(static_cast<std::size_t>(settings.replicates))}, silent_progress());
  keep(curves(outcome, problem.courses));
  return Measurement{processor_seconds() - start, "s", 1, std::string(kernel_instruction_set())};
}

/// How many times as long the same curve takes when every dose of the grid is given to every subject for 60
/// days, by the same kernels.
Result<Measurement> dose_60_days(const Context&) {
  const People people;
  constexpr int replicates = 20;
  const DoseSettings settings = settings_for(replicates, 1);
  const SearchProblem problem{people.model, people.trial, {{}}, {course(24, 0.5)}, settings};
  const PopulationSource source = people.source(replicates);
  const double start = processor_seconds();
  keep(curves(solve_population(problem, {source}, silent_progress()), problem.courses));
  const double solved = processor_seconds();
  IntervalResponse brute(people.model.pk_class, people.model.pd_class, {24, 0, 1, 61});
  constexpr std::size_t some = 40;  // subjects; the whole takes them in proportion
  for (std::size_t first = 0; first < some; first += lanes) {
    brute.set_subjects(draw_octet(problem, Replicate(problem, source, 0), 0, first).parameters);
    for (int step = 0; step <= 200; ++step) {
      brute.give(all_lanes(0.5 * step));
      keep(brute.measure(problem.courses[0].endpoint).v[0]);
    }
  }
  const double brute_force = (processor_seconds() - solved) * replicates * subjects_a_replicate / some;
  return Measurement{brute_force / (solved - start), "times as long", 1,
                     std::string(kernel_instruction_set())};
}

}  // namespace

std::vector<Benchmark> dose_benchmarks() {
  return {{"dose_100k", "dose search, 10^5 virtual subjects, daily and weekly curves", dose_100k},
          {"dose_60_days", "60 days of every dose against the steady state solved", dose_60_days}};
}

}  // namespace qdose
