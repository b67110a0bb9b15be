#include "qdose/simulate/virtual_trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "qdose/base/random.hpp"
#include "qdose/simulate/nca.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

/// What each of a subject's numbers is drawn for; appended to, never reordered.
enum Draw : std::uint32_t {
  covariates = 0,
  random_effects = 1,
  pk_errors = 2,
  pd_errors = 3,
  dosing = 4,
  sampling = 5
};

double shifted(Scale scale, double natural, double shift) {
  if (scale == Scale::log) return natural * std::exp(shift);
  const double odds = natural / (1 - natural) * std::exp(shift);
  return odds / (1 + odds);
}

/// Five significant digits, as a laboratory reports.
double rounded(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", x);
  return std::strtod(text, nullptr);
}

/// One dose every interval from time 0; later ones may be missed, early or late.
std::vector<Dose> doses_of(const TrialDesign& design, double level, Stream random) {
  std::vector<Dose> doses;
  for (int d = 0; d < design.doses; ++d) {
    const bool missed = random.uniform() < design.missed_doses;
    const double off = random.uniform(-design.irregular, design.irregular);
    if (d > 0 && missed) continue;
    const double time = d * design.interval + (d > 0 ? rounded(off) : 0.0);
    doses.push_back({rounded(time), level, design.infusion});
  }
  return doses;
}

/// `count` of the times, ascending; all when count is 0.
std::vector<double> some_of(std::vector<double> times, int count, Stream& random) {
  if (count <= 0 || static_cast<std::size_t>(count) >= times.size()) return times;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    std::swap(times[i], times[i + random.below(static_cast<std::uint32_t>(times.size() - i))]);
  times.resize(static_cast<std::size_t>(count));
  std::sort(times.begin(), times.end());
  return times;
}

/// Arms one after the other; weight in whole kg, every second subject of an arm with co-medication.
std::vector<Subject> enrol(const TrialDesign& design, std::uint64_t seed) {
  std::vector<Subject> subjects;
  for (double level : design.levels)
    for (int i = 0; i < design.subjects; ++i) {
      Stream random(seed, Purpose::virtual_trial, subjects.size(), Draw::covariates);
      Subject s;
      s.id = std::to_string(subjects.size() + 1);
      s.covariates = {std::round(random.uniform(50, 100)), static_cast<double>(i % 2)};
      if (level > 0)
        s.doses = doses_of(design, level, {seed, Purpose::virtual_trial, subjects.size(), Draw::dosing});
      subjects.push_back(std::move(s));
    }
  return subjects;
}

std::vector<double> individual_parameters(const TrialTruth& truth, const Subject& subject,
                                          double reference_weight, Stream random) {
  std::vector<double> values;
  for (const TrueParameter& p : truth.parameters) {
    double shift = p.omega * random.normal();
    for (const TrueEffect& effect : truth.effects)
      if (effect.parameter == p.symbol)
        shift += effect.beta * (effect.covariate == "BW" ? std::log(subject.covariates[0] / reference_weight)
                                                         : subject.covariates[1]);
    values.push_back(shifted(p.scale, p.typical, shift));
  }
  return values;
}

/// Parameters of up to eight subjects as lanes; the rest repeat the first.
std::vector<Lanes> to_lanes(const std::vector<std::vector<double>>& individuals, std::size_t first,
                            std::size_t count, std::size_t parameters) {
  std::vector<Lanes> rows(parameters);
  for (std::size_t i = 0; i < parameters; ++i)
    for (std::size_t l = 0; l < lanes; ++l) rows[i].v[l] = individuals[first + (l < count ? l : 0)][i];
  return rows;
}

struct Curves {
  std::vector<Lanes> concentration, response;
};

Curves run(const TrialTruth& truth, const BatchPlan& plan, const std::vector<Lanes>& parameters) {
  Curves curves{std::vector<Lanes>(plan.pk.points.size()), std::vector<Lanes>(plan.pd.responses.size())};
  Workspace workspace;
  pk_kernels(truth.pk->about.id)
      .concentrations(plan.pk, parameters.data(), workspace, curves.concentration.data());
  pd_kernels(truth.pd->about.id)
      .responses(plan.pd, parameters.data() + truth.pk->parameters.size(), curves.concentration.data(),
                 workspace, curves.response.data());
  return curves;
}

/// Panels so fine that another cut of them changes no digit that is reported.
Resolution fine_resolution(std::span<const Schedule> schedules, std::string_view pk_class) {
  Resolution fine = resolution_for(schedules, pk_class);
  fine.first /= 24, fine.growth /= 24, fine.longest /= 24;
  return fine;
}

/// When each subject's values are taken.
std::vector<Schedule> schedules_of(const TrialDesign& design, const std::vector<Subject>& subjects,
                                   std::uint64_t seed) {
  std::vector<Schedule> schedules;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    Stream random(seed, Purpose::virtual_trial, i, Draw::sampling);
    Schedule s{subjects[i].doses, some_of(design.pk_times, design.sparse, random), {}};
    s.pd_times = some_of(design.pd_times, design.sparse, random);
    schedules.push_back(std::move(s));
  }
  return schedules;
}

/// Eight subjects at a time: their values without errors, at the times of their schedules.
std::vector<Curves> run_subjects(const std::vector<Schedule>& all, const VirtualTrial& made) {
  const auto& subjects = made.trial.subjects;
  std::vector<Curves> batches;
  for (std::size_t first = 0; first < subjects.size(); first += lanes) {
    const std::size_t count = std::min(lanes, subjects.size() - first);
    const std::span<const Schedule> schedules = std::span(all).subspan(first, count);
    const BatchPlan plan = make_plan(schedules, fine_resolution(schedules, made.truth.pk->about.id));
    batches.push_back(
        run(made.truth, plan, to_lanes(made.individual, first, count, made.truth.parameters.size())));
    batches.back().concentration.resize(plan.pk_observations);
  }
  return batches;
}

double largest_concentration(const std::vector<Curves>& batches) {
  double largest = 0;
  for (const Curves& batch : batches)
    for (const Lanes& row : batch.concentration)
      for (double C : row.v) largest = std::max(largest, C);
  return largest;
}

/// How values become observations.
struct Assay {
  double proportional = 0, additive = 0, limit = 0, missing = 0;
  bool flags = false;  ///< values below the limit are reported as such
};

/// Values of a lane at these times, with errors; a random part and, unless flagged, those below the limit are
/// left out.
std::vector<Observation> observe(const std::vector<double>& times, const std::vector<Lanes>& values,
                                 std::size_t lane, const Assay& assay, Stream random) {
  std::vector<Observation> observed;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double error = random.normal();
    const bool lost = random.uniform() < assay.missing;
    const double exact = values[k].v[lane], sd = std::hypot(assay.proportional * exact, assay.additive);
    const double value = rounded(std::max(exact + sd * error, 0.0));
    if (lost) continue;
    const double limit = assay.flags ? assay.limit : 0;
    if (!(value < assay.limit))
      observed.push_back({times[k], value, 0, limit});
    else if (assay.flags)
      observed.push_back({times[k], 0.5 * limit, 0, limit, true});
  }
  return observed;
}

/// Gives every subject its observations; false when a value is not finite.
bool observe_subjects(const TrialDesign& design, std::uint64_t seed, VirtualTrial& made) {
  const std::vector<Schedule> schedules = schedules_of(design, made.trial.subjects, seed);
  const std::vector<Curves> batches = run_subjects(schedules, made);
  made.quantification_limit = rounded(design.quantification * largest_concentration(batches));
  const Assay pk{made.truth.pk_proportional, made.truth.pk_additive, made.quantification_limit,
                 design.missing, design.flag_below_limit};
  const Assay pd{made.truth.pd_proportional, made.truth.pd_additive, 0.0, design.missing, false};
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i) {
    Subject& s = made.trial.subjects[i];
    const Curves& batch = batches[i / lanes];
    const auto stream = [&](Draw draw) { return Stream(seed, Purpose::virtual_trial, i, draw); };
    if (!s.doses.empty())
      s.concentrations =
          observe(schedules[i].pk_times, batch.concentration, i % lanes, pk, stream(Draw::pk_errors));
    s.responses = observe(schedules[i].pd_times, batch.response, i % lanes, pd, stream(Draw::pd_errors));
    for (const auto* list : {&s.concentrations, &s.responses})
      for (const Observation& o : *list)
        if (!std::isfinite(o.value)) return false;
  }
  return true;
}

void pose_question(const TrialDesign& design, VirtualTrial& made) {
  std::vector<double> levels = design.levels;
  std::sort(levels.begin(), levels.end());
  const double high = levels.back(), second = levels.size() > 1 ? levels[levels.size() - 2] : 0;
  const double dose = second > 0 ? std::sqrt(high * second) : high / 2;
  std::vector<double> times, typical;
  for (int i = 1; i <= 24; ++i) times.push_back(design.interval * i / 24);
  for (const TrueParameter& p : made.truth.parameters) typical.push_back(p.typical);
  Resolution resolution{design.interval / 96, 0.25, design.interval / 24};
  resolution.own_cuts = made.truth.pk->has_lag || made.truth.pk->has_infusion;
  const BatchPlan plan = make_steady_plan(all_lanes(dose), std::min(design.infusion, design.interval),
                                          design.interval, times, resolution);
  const Curves curves = run(made.truth, plan, to_lanes({typical}, 0, 1, typical.size()));
  double lowest = INFINITY, highest = 0;
  for (const Lanes& r : curves.response) {
    lowest = std::min(lowest, r.v[0]);
    highest = std::max(highest, r.v[0]);
  }
  const double R0 = typical[made.truth.pk->parameters.size() +
                            static_cast<std::size_t>(std::max(0, parameter_index(*made.truth.pd, "R0")))];
  made.keep_below = highest <= R0;
  made.threshold = rounded(made.keep_below ? highest : lowest);
}

}  // namespace

Result<VirtualTrial> simulate_trial(const TrialDesign& design, const TrialTruth& truth, std::uint64_t seed) {
  VirtualTrial made;
  made.truth = truth;
  made.trial.name = "virtual";
  made.trial.subjects = enrol(design, seed);
  made.trial.route = truth.pk->extravascular  ? Route::extravascular
                     : truth.pk->has_infusion ? Route::unknown
                     : design.infusion > 0    ? Route::infusion
                                              : Route::bolus;
  std::vector<double> weights;
  for (const Subject& s : made.trial.subjects) weights.push_back(s.covariates[0]);
  made.reference_weight = *median_of(weights);
  const auto [lightest, heaviest] = std::minmax_element(weights.begin(), weights.end());
  made.trial.covariates = {{"BW", CovariateKind::continuous, made.reference_weight, *lightest, *heaviest},
                           {"COMED", CovariateKind::categorical, 0, 0, design.subjects > 1 ? 1.0 : 0.0}};
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i)
    made.individual.push_back(
        individual_parameters(truth, made.trial.subjects[i], made.reference_weight,
                              Stream(seed, Purpose::virtual_trial, i, Draw::random_effects)));
  if (!observe_subjects(design, seed, made))
    return Error{Fault::numerical, "a simulated value is not finite", "values",
                 "are the typical values sensible?"};
  pose_question(design, made);
  return made;
}

}  // namespace qdose
