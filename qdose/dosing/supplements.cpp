#include "qdose/dosing/supplements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/dosing/exposure.hpp"

namespace qdose {
namespace {

/// As many virtual subjects as a comparison by common random numbers needs.
DoseSettings small_search(const DoseSettings& settings) {
  DoseSettings few = settings;
  few.replicates = few.most_replicates = 32;
  few.subjects = 96;
  return few;
}

SearchOutcome solve_small(const SearchProblem& problem, const DoseSettings& settings,
                          std::vector<PopulationSource> members) {
  const SearchProblem few{problem.model,   problem.people, problem.populations,
                          problem.courses, settings,       problem.share};
  return solve_population(few, members, silent_progress());
}

/// One line for each course and target.
void add_rows(const std::string& assumption, const SearchPlan& plan, const SearchOutcome& reference,
              const SearchOutcome& other, std::vector<SensitivityRow>& rows) {
  for (const Question& question : plan.questions) {
    const Scenario& scenario = plan.scenarios[question.scenario];
    const Regimen& regimen = question.regimen;
    rows.push_back(
        {assumption, scenario.name, regimen.name, scenario.target,
         other.attainment[question.course].crossing(scenario.target, regimen.largest),
         reference.attainment[question.course].crossing(scenario.target, regimen.largest),
         other.attainment[question.course].smallest_on_grid(scenario.target, regimen.grid, regimen.largest)});
  }
}

const DoseAnswer* partner(const std::vector<DoseAnswer>& answers, const DoseAnswer& a,
                          const std::string& source, const std::string& regimen) {
  const auto found = std::ranges::find_if(answers, [&](const DoseAnswer& b) {
    return b.scenario == a.scenario && b.target == a.target && b.source == source && b.regimen == regimen &&
           b.endpoint == a.endpoint;
  });
  return found == answers.end() ? nullptr : &*found;
}

std::string change_words(double ratio) {
  if (std::abs(ratio - 1) < 0.05) return "about the same";
  return ratio > 1 ? fmt::format("{:.0f}% larger", 100 * (ratio - 1))
                   : fmt::format("{:.0f}% smaller", 100 * (1 - ratio));
}

void explain(SourceDifference& d, const RequiredDose& posterior, const RequiredDose& kernel) {
  if (!(posterior.q25 && posterior.q50 && posterior.q75 && kernel.q25 && kernel.q50 && kernel.q75) ||
      !(*posterior.q25 > 0 && *kernel.q25 > 0)) {
    d.reason = "in one of the sources a quarter of the people need no drug, or cannot be helped by any dose";
    return;
  }
  d.centre_ratio = *kernel.q50 / *posterior.q50;
  const double spread = std::log(*posterior.q75 / *posterior.q25);
  d.spread_ratio = spread > 0 ? std::log(*kernel.q75 / *kernel.q25) / spread : 1;
  d.reason =
      fmt::format("in the kernel's population the median person's dose is {}, the spread between people {}",
                  change_words(d.centre_ratio), change_words(d.spread_ratio));
}

}  // namespace

std::vector<SensitivityRow> sensitivity_rows(const SearchPlan& plan, const SearchProblem& problem,
                                             const SolvedSource& source) {
  std::vector<SensitivityRow> rows;
  DoseSettings settings = small_search(problem.settings);
  PopulationSource member = source.members.front();
  const SearchOutcome reference = solve_small(problem, settings, {member});
  if (reference.interrupted) return rows;
  for (const Alternative& alternative : member.alternatives) {
    PopulationSource other = member;
    other.individual = alternative.individual;
    const SearchOutcome outcome = solve_small(problem, settings, {other});
    if (outcome.interrupted) return rows;
    add_rows(alternative.words, plan, reference, outcome, rows);
  }
  settings.include_residual = !settings.include_residual;
  const SearchOutcome outcome = solve_small(problem, settings, {member});
  if (!outcome.interrupted)
    add_rows(settings.include_residual ? "one measurement, with its residual error, instead of the true value"
                                       : "the true value instead of one measurement",
             plan, reference, outcome, rows);
  return rows;
}

std::vector<PointPrediction> point_predictions(const SearchPlan& plan, const SearchProblem& problem,
                                               const SolvedSource& source) {
  std::vector<PointPrediction> list;
  PopulationSource typical = source.members.front();
  if (!typical.typical) return list;
  typical.individual = [predict = typical.typical](std::size_t, std::span<const double> covariates, Stream&) {
    return predict(covariates);
  };
  typical.weight = 1, typical.replicates = 2;
  DoseSettings settings = problem.settings;
  settings.replicates = settings.most_replicates = 2;
  settings.subjects = 512;
  settings.include_residual = false;
  const SearchOutcome outcome = solve_small(problem, settings, {typical});
  if (outcome.interrupted) return list;
  for (const Question& question : plan.questions) {
    const Scenario& scenario = plan.scenarios[question.scenario];
    const Regimen& regimen = question.regimen;
    PointPrediction p{
        scenario.name, regimen.name, typical.name, scenario.target,
        outcome.attainment[question.course].smallest_on_grid(scenario.target, regimen.grid, regimen.largest)};
    if (p.dose_mg) {
      const AttainmentPoint covered = source.outcome.attainment[question.course].at(*p.dose_mg);
      p.covered_mean = covered.mean, p.covered_q5 = covered.q5, p.covered_q95 = covered.q95;
    }
    list.push_back(std::move(p));
  }
  return list;
}

std::optional<DoseSurface> dose_surface(const SearchPlan& plan, const SearchProblem& problem,
                                        const SolvedSource& source, std::optional<double> dose) {
  const auto weight = weight_covariate(problem.model);
  if (!weight || plan.questions.empty()) return std::nullopt;
  const PopulationCovariate& covariate = problem.model.covariates[*weight];
  const Question& question = plan.questions.front();
  const Scenario& scenario = plan.scenarios[question.scenario];
  DoseSurface surface{covariate.name, question.regimen.name, {}, {}, {}, {}};
  const DoseSettings settings = small_search(problem.settings);
  SearchProblem by_weight{problem.model, problem.people, {}, {}, settings, problem.share};
  constexpr int inside = 6, outside = 3;
  const double step = (covariate.largest - covariate.smallest) / (inside - 1);
  for (int k = 0; k < inside + outside; ++k) {
    const double value = covariate.smallest + k * step;
    surface.values.push_back(value), surface.beyond.push_back(k >= inside);
    Scenario one = scenario;
    std::erase_if(one.changes, [&](const CovariateChange& c) { return c.covariate == *weight; });
    one.changes.push_back({*weight, value, value, Law::value});
    by_weight.courses.push_back({by_weight.populations.size(), question.regimen, scenario.endpoint, {}});
    by_weight.populations.push_back(std::move(one));
  }
  const SearchOutcome outcome = solve_population(by_weight, source.members, silent_progress());
  if (outcome.interrupted) return std::nullopt;
  const double largest =
      dose && *dose > 0 ? std::min(2.5 * *dose, question.regimen.largest) : question.regimen.largest;
  const long steps = std::lround(std::ceil(largest / question.regimen.grid));
  const long stride = std::max(1L, steps / 30);
  for (long s = 0; s <= steps; s += stride) surface.doses_mg.push_back(grid_dose(s, question.regimen.grid));
  for (const Attainment& attainment : outcome.attainment) {
    auto& row = surface.attainment.emplace_back();
    for (const double d : surface.doses_mg) row.push_back(attainment.mean(d));
  }
  return surface;
}

std::vector<SourceDifference> source_differences(const std::vector<DoseAnswer>& answers) {
  std::vector<SourceDifference> list;
  for (const DoseAnswer& a : answers) {
    if (a.source != "posterior") continue;
    const DoseAnswer* kernel = partner(answers, a, "kernel", a.regimen);
    if (kernel == nullptr || kernel->dose_mg == a.dose_mg) continue;
    SourceDifference d{a.scenario, a.regimen, a.target, a.dose_mg, kernel->dose_mg};
    explain(d, a.required_dose, kernel->required_dose);
    list.push_back(std::move(d));
  }
  return list;
}

std::vector<RegimenComparison> regimen_comparisons(const std::vector<DoseAnswer>& answers) {
  std::vector<RegimenComparison> list;
  for (const DoseAnswer& daily : answers) {
    if (daily.interval_h != 24 || !daily.dose_mg || !daily.exposure || *daily.dose_mg <= 0) continue;
    const auto weekly = std::ranges::find_if(answers, [&](const DoseAnswer& b) {
      return b.scenario == daily.scenario && b.target == daily.target && b.source == daily.source &&
             b.interval_h == 168 && b.endpoint == daily.endpoint && b.dose_mg && *b.dose_mg > 0 && b.exposure;
    });
    if (weekly == answers.end()) continue;
    RegimenComparison c = compare_regimens(*daily.exposure, *weekly->exposure);
    c.scenario = daily.scenario, c.source = daily.source, c.target = daily.target;
    list.push_back(std::move(c));
  }
  return list;
}

}  // namespace qdose
