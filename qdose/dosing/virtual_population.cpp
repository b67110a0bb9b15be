#include "qdose/dosing/virtual_population.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

/// With a residual error the measurement at the worst time must keep to the threshold:
/// value (1 + proportional z1) + additive z2 < threshold, solved for the value.
double effective_threshold(const SearchProblem& problem, const PopulationSource& source,
                           std::size_t replicate, Stream& stream) {
  if (!problem.settings.include_residual || !source.residual) return problem.settings.threshold;
  const ResidualError error = source.residual(replicate);
  const double factor = 1 + error.proportional * stream.normal(), shift = error.additive * stream.normal();
  return (problem.settings.threshold - shift) / std::max(factor, 1e-3);
}

/// The doses of one replicate, [populations][regimens][subjects].
using Doses3 = std::vector<std::vector<std::vector<AttainedDoses>>>;

Doses3 solve_replicate(const SearchProblem& problem, const PopulationSource& source, std::size_t replicate) {
  const Direction direction = problem.settings.direction == "below" ? Direction::below : Direction::above;
  const auto subjects = static_cast<std::size_t>(problem.settings.subjects);
  std::vector<SteadyResponse> responses;
  for (const Regimen& regimen : problem.regimens)
    responses.emplace_back(problem.model.pk_class, problem.model.pd_class,
                           Repetition{regimen.interval, std::min(problem.dose_duration, regimen.interval)});
  Doses3 doses(problem.populations.size(), std::vector<std::vector<AttainedDoses>>(problem.regimens.size()));
  for (std::size_t s = 0; s < problem.populations.size(); ++s)
    for (std::size_t first = 0; first < subjects; first += lanes) {
      const Octet octet = draw_octet(problem, source, problem.populations[s], replicate, first);
      for (std::size_t r = 0; r < problem.regimens.size(); ++r) {
        responses[r].set_subjects(octet.parameters);
        const auto found =
            attained_doses(responses[r], octet.threshold, direction, problem.regimens[r].largest);
        const std::size_t count = std::min(lanes, subjects - first);
        doses[s][r].insert(doses[s][r].end(), found.begin(),
                           found.begin() + static_cast<std::ptrdiff_t>(count));
      }
    }
  return doses;
}

}  // namespace

std::vector<double> covariates_of(const SearchProblem& problem, const Scenario& population,
                                  std::size_t replicate, std::size_t k) {
  const auto subjects = static_cast<std::size_t>(problem.settings.subjects);
  Stream stream(problem.settings.seed, Purpose::covariates, replicate * subjects + k);
  return draw_covariates(population, problem.trial_covariates, stream);
}

Octet draw_octet(const SearchProblem& problem, const PopulationSource& source, const Scenario& population,
                 std::size_t replicate, std::size_t first) {
  const auto subjects = static_cast<std::size_t>(problem.settings.subjects);
  Octet octet{std::vector<Lanes>(problem.model.parameters.size()), {}};
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::size_t k = std::min(first + l, subjects - 1);  // the last lanes may repeat the last subject
    const std::uint64_t item = replicate * subjects + k;
    Stream person(problem.settings.seed, Purpose::population, item);
    const auto parameters =
        source.individual(replicate, covariates_of(problem, population, replicate, k), person);
    for (std::size_t p = 0; p < parameters.size(); ++p) octet.parameters[p].v[l] = parameters[p];
    octet.threshold.v[l] = effective_threshold(problem, source, replicate, person);
  }
  return octet;
}

SearchOutcome solve_population(const SearchProblem& problem, const PopulationSource& source,
                               Progress& progress) {
  std::vector<Doses3> replicates(source.replicates);
  std::atomic<bool> stopped = false;
  std::mutex guard;
  std::size_t done = 0;
  progress.begin("doses, " + source.name, source.replicates);
  parallel_for(source.replicates, problem.settings.threads, [&](std::size_t r) {
    if (interrupted()) stopped = true;
    if (stopped) return;
    replicates[r] = solve_replicate(problem, source, r);
    const std::lock_guard lock(guard);
    progress.update(++done);
  });
  progress.end();

  SearchOutcome outcome;
  outcome.interrupted = stopped;
  if (stopped) return outcome;
  for (std::size_t s = 0; s < problem.populations.size(); ++s) {
    auto& row = outcome.attainment.emplace_back();
    for (std::size_t g = 0; g < problem.regimens.size(); ++g) {
      std::vector<ReplicateAttainment> shares;
      for (const Doses3& replicate : replicates) {
        const std::vector<AttainedDoses>& subjects = replicate[s][g];
        shares.emplace_back(subjects);
        outcome.subjects += static_cast<long>(subjects.size());
        outcome.not_monotone += std::ranges::count_if(subjects, [](const auto& d) { return d.count > 1; });
        outcome.failed += std::ranges::count_if(subjects, [](const auto& d) { return d.failed; });
      }
      row.emplace_back(std::move(shares));
    }
  }
  return outcome;
}

}  // namespace qdose
