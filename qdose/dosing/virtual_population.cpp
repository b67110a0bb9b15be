#include "qdose/dosing/virtual_population.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

/// The distinct ways in which doses follow each other, and that of each course.
struct Responses {
  std::vector<IntervalResponse> solvers;
  std::vector<std::size_t> of_course;
};

Responses responses_of(const SearchProblem& problem, const PopulationModel& model) {
  Responses responses;
  std::vector<Repetition> known;
  for (const Course& course : problem.courses) {
    const auto found = std::ranges::find(known, course.regimen.repetition);
    responses.of_course.push_back(static_cast<std::size_t>(found - known.begin()));
    if (found != known.end()) continue;
    known.push_back(course.regimen.repetition);
    responses.solvers.emplace_back(model.pk_class, model.pd_class, course.regimen.repetition);
  }
  return responses;
}

const PopulationModel& model_of(const SearchProblem& problem, const PopulationSource& source) {
  return source.model != nullptr ? *source.model : problem.model;
}

/// `responses` is a copy: solvers keep what they computed last.
CourseDoses solve_replicate(const SearchProblem& problem, const PopulationSource& source, std::size_t number,
                            Responses responses) {
  const auto subjects = static_cast<std::size_t>(problem.settings.subjects);
  const Replicate replicate(problem, source, number);
  CourseDoses doses(problem.courses.size());
  for (std::size_t s = 0; s < problem.populations.size(); ++s)
    for (std::size_t first = 0; first < subjects; first += lanes) {
      const Octet octet = draw_octet(problem, replicate, s, first);
      std::vector<bool> ready(responses.solvers.size(), false);
      for (std::size_t c = 0; c < problem.courses.size(); ++c) {
        const Course& course = problem.courses[c];
        if (course.population != s) continue;
        const std::size_t solver = responses.of_course[c];
        if (!ready[solver]) responses.solvers[solver].set_subjects(octet.parameters), ready[solver] = true;
        const auto found =
            attained_doses(responses.solvers[solver], course.endpoint,
                           thresholds_of(problem.settings, course.endpoint, octet), course.regimen.largest);
        const std::size_t count = std::min(lanes, subjects - first);
        doses[c].insert(doses[c].end(), found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count));
      }
    }
  return doses;
}

/// Which replicate of which source is solved, and what it weighs.
struct Job {
  const PopulationSource* source;
  std::size_t replicate;
  double weight;
};

/// The jobs of one round; empty when the sources have no more replicates.
std::vector<Job> jobs_of_round(const std::vector<PopulationSource>& members, std::size_t round,
                               const DoseSettings& settings) {
  double total = 0;
  for (const PopulationSource& member : members) total += member.weight;
  std::vector<Job> jobs;
  for (const PopulationSource& member : members) {
    const double share = member.weight / total;
    const auto each = std::max<std::size_t>(
        2, static_cast<std::size_t>(std::llround(share * static_cast<double>(settings.replicates))));
    const std::size_t from = round * each, to = std::min(from + each, member.replicates);
    if (to <= from || (round > 0 && to - from < each)) return {};  // all sources go on, or none
    for (std::size_t r = from; r < to; ++r)
      jobs.push_back({&member, r, share / static_cast<double>(to - from)});
  }
  return jobs;
}

/// Whether the error is as small as asked for wherever a mean crosses a target.
bool is_settled(const SearchProblem& problem, const std::vector<Attainment>& attainment) {
  for (std::size_t c = 0; c < problem.courses.size(); ++c)
    for (const double target : problem.courses[c].targets) {
      const auto dose = attainment[c].crossing(target, problem.courses[c].regimen.largest);
      if (dose && attainment[c].monte_carlo_error(*dose) > problem.settings.mc_error) return false;
    }
  return true;
}

/// Replicates were solved in their order, so those of a chain are known from the source.
std::vector<std::vector<std::size_t>> replicates_by_chain(const std::vector<PopulationSource>& members,
                                                          std::size_t replicates) {
  std::vector<std::vector<std::size_t>> chains;
  if (members.size() != 1 || !members.front().chain) return chains;
  for (std::size_t r = 0; r < replicates; ++r) {
    const std::size_t chain = members.front().chain(r);
    if (chain >= chains.size()) chains.resize(chain + 1);
    chains[chain].push_back(r);
  }
  std::erase_if(chains, [](const auto& chain) { return chain.empty(); });
  if (chains.size() < 2) chains.clear();
  return chains;
}

class Rounds {
 public:
  explicit Rounds(const SearchProblem& problem) : problem_(problem), shares_(problem.courses.size()) {
    required_.resize(problem.courses.size());
  }

  /// Solves the jobs; false when interrupted.
  bool run(const std::vector<Job>& jobs, Progress& progress) {
    std::vector<CourseDoses> found(jobs.size());
    std::atomic<bool> stopped = false;
    std::mutex guard;
    std::size_t done = 0;
    for (const Job& job : jobs) {
      const PopulationModel& model = model_of(problem_, *job.source);
      if (!responses_.contains(&model)) responses_.emplace(&model, responses_of(problem_, model));
    }
    parallel_for(jobs.size(), problem_.settings.threads, [&](std::size_t j) {
      if (problem_.share != nullptr && !problem_.share->is_mine(j)) return;
      if (interrupted()) stopped = true;
      if (stopped) return;
      found[j] = solve_replicate(problem_, *jobs[j].source, jobs[j].replicate,
                                 responses_.at(&model_of(problem_, *jobs[j].source)));
      const std::lock_guard lock(guard);
      progress.update(++done);
    });
    if (problem_.share != nullptr) stopped = !share_results(*problem_.share, stopped, found);
    if (stopped) return false;
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      weights_.push_back(jobs[j].weight);
      for (std::size_t c = 0; c < problem_.courses.size(); ++c) take(found[j][c], c);
    }
    return true;
  }

  std::vector<Attainment> attainment() const {
    std::vector<Attainment> list;
    for (const auto& replicates : shares_) list.emplace_back(replicates, weights_);
    return list;
  }

  SearchOutcome finish() {
    outcome_.attainment = attainment();
    outcome_.replicates = weights_.size();
    for (std::vector<double>& doses : required_) {
      std::ranges::sort(doses);
      auto& quantiles = outcome_.required_dose.emplace_back();
      for (const double level : SearchOutcome::levels)
        quantiles.push_back(doses[static_cast<std::size_t>(level * static_cast<double>(doses.size() - 1))]);
    }
    return std::move(outcome_);
  }

 private:
  void take(const std::vector<AttainedDoses>& subjects, std::size_t course) {
    shares_[course].emplace_back(subjects);
    outcome_.subjects += static_cast<long>(subjects.size());
    outcome_.not_monotone += std::ranges::count_if(subjects, [](const auto& d) { return d.count > 1; });
    outcome_.failed += std::ranges::count_if(subjects, [](const auto& d) { return d.failed; });
    for (const AttainedDoses& d : subjects)
      required_[course].push_back(d.at_zero ? 0 : d.count > 0 ? d.switches[0] : INFINITY);
  }

  const SearchProblem& problem_;
  std::vector<std::vector<ReplicateAttainment>> shares_;  ///< [courses][replicates]
  std::vector<std::vector<double>> required_;             ///< [courses][subjects of all replicates]
  std::vector<double> weights_;
  std::map<const PopulationModel*, Responses>
      responses_;  ///< planning takes longer than a replicate's answers
  SearchOutcome outcome_;
};

}  // namespace

Lanes thresholds_of(const DoseSettings& settings, const Endpoint& endpoint, const Octet& octet) {
  Lanes threshold = all_lanes(endpoint.threshold);
  if (!settings.include_residual || endpoint.quantity != Quantity::biomarker || !is_single_value(endpoint))
    return threshold;
  for (std::size_t l = 0; l < lanes; ++l)
    threshold.v[l] = (threshold.v[l] - octet.error_shift.v[l]) / octet.error_factor.v[l];
  return threshold;
}

Replicate::Replicate(const SearchProblem& problem, const PopulationSource& from, std::size_t which)
    : source(from),
      number(which),
      people(problem.settings.own_people
                 ? problem.people
                 : problem.people.resampled(Stream(problem.settings.seed, Purpose::bootstrap, which, 1))) {}

Octet draw_octet(const SearchProblem& problem, const Replicate& replicate, std::size_t population,
                 std::size_t first) {
  const PopulationSource& source = replicate.source;
  const auto subjects = static_cast<std::size_t>(problem.settings.subjects);
  Octet octet;
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::size_t k = std::min(first + l, subjects - 1);
    const std::uint64_t item = replicate.number * subjects + k;
    Stream covariates(problem.settings.seed, Purpose::covariates, item);
    Stream person(problem.settings.seed, Purpose::population, item);
    octet.covariates.push_back(
        draw_covariates(problem.populations[population], replicate.people, covariates));
    const auto parameters = source.individual(replicate.number, octet.covariates.back(), person);
    if (octet.parameters.empty()) octet.parameters.resize(parameters.size());
    for (std::size_t p = 0; p < parameters.size(); ++p) octet.parameters[p].v[l] = parameters[p];
    if (!problem.settings.include_residual || !source.residual) continue;
    const ResidualError error = source.residual(replicate.number);
    const double z = person.normal();
    octet.error_factor.v[l] =
        error.log_normal ? std::exp(error.proportional * z) : std::max(1 + error.proportional * z, 1e-3);
    octet.error_shift.v[l] = error.additive * person.normal();
  }
  return octet;
}

SearchOutcome solve_population(const SearchProblem& problem, const std::vector<PopulationSource>& members,
                               Progress& progress) {
  Rounds rounds(problem);
  std::size_t solved = 0;
  for (std::size_t round = 0;; ++round) {
    const std::vector<Job> jobs = jobs_of_round(members, round, problem.settings);
    if (jobs.empty()) break;
    progress.begin("doses, " + members.front().name, jobs.size());
    const bool finished = rounds.run(jobs, progress);
    progress.end();
    if (!finished) {
      SearchOutcome outcome;
      outcome.interrupted = true;
      return outcome;
    }
    solved += jobs.size();
    if (solved + jobs.size() > static_cast<std::size_t>(problem.settings.most_replicates)) break;
    if (is_settled(problem, rounds.attainment())) break;
  }
  SearchOutcome outcome = rounds.finish();
  outcome.chains = replicates_by_chain(members, outcome.replicates);
  return outcome;
}

}  // namespace qdose
