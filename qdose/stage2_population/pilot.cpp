#include "qdose/stage2_population/pilot.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/curvature.hpp"
#include "qdose/stage2_population/mode_search.hpp"
#include "qdose/stage2_population/twin_step.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

/// Covariate inputs of every subject of the trial that is in a batch: [subject][effect].
std::vector<std::vector<double>> inputs_by_subject(const PopulationProblem& problem) {
  std::vector<std::vector<double>> inputs(problem.layout.individual.size());
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l)
      for (const Lanes& input : batch.inputs) inputs[batch.data.subject[l]].push_back(input[l]);
  return inputs;
}

struct LocalSubjects {
  std::vector<LocalSubject> subjects;
  double constant = 0;  ///< log likelihood where all parameters are 0, as the pictures have it
};

/// What a subject's own data say: the density's derivatives without those of the population's normal density.
Result<LocalSubjects> local_subjects(PopulationDensity& density, const VectorXd& x,
                                     const Inclusion& inclusion, long& gradients) {
  const PopulationProblem& problem = density.problem();
  const Layout& layout = problem.layout;
  std::vector<std::size_t> head(layout.head);
  for (std::size_t i = 0; i < head.size(); ++i) head[i] = i;
  ArrowCurvature curvature(density.arrow());
  VectorXd gradient(x.size());
  const std::size_t n = density.dimension();
  if (!add_curvature(density, x, VectorXd::Constant(x.size(), 0.1), curvature, head) ||
      !std::isfinite(density.log_density({x.data(), n}, {gradient.data(), n})))
    return Error{Fault::numerical, "the density has no finite curvature at its mode", "", ""};
  gradients += 1 + 2 * static_cast<long>(*std::max_element(layout.blocks.begin(), layout.blocks.end()));
  const auto inputs = inputs_by_subject(problem);
  const auto& effects = problem.structure.model.effects;
  LocalSubjects local;
  local.constant = density.log_likelihood({x.data(), n});
  std::vector<LocalSubject>& subjects = local.subjects;
  for (std::size_t s = 0; s < layout.individual.size(); ++s) {
    std::vector<std::size_t> parameter;
    std::vector<Index> place;
    for (std::size_t p = 0; p < layout.individual[s].size(); ++p)
      if (layout.individual[s][p] != absent) {
        parameter.push_back(p);
        place.push_back(layout.individual[s][p]);
      }
    if (parameter.empty()) continue;
    Eigen::MatrixXd own = curvature.blocks[subjects.size()];
    VectorXd score(own.rows()), phi(own.rows());
    for (Index k = 0; k < own.rows(); ++k) {
      const std::size_t p = parameter[static_cast<std::size_t>(k)];
      const double precision = 1.0 / (inclusion.omega[p] * inclusion.omega[p]);
      double mean = x[layout.typical[p]];
      for (std::size_t e = 0; e < effects.size(); ++e)
        if (effects[e].parameter == p) mean += x[static_cast<Index>(layout.beta[e])] * inputs[s][e];
      phi[k] = x[place[static_cast<std::size_t>(k)]];
      score[k] = gradient[place[static_cast<std::size_t>(k)]] + precision * (phi[k] - mean);
      own(k, k) -= precision;
    }
    subjects.push_back(local_subject(std::move(parameter), own, score, phi, inputs[s]));
    local.constant -= subjects.back().linear.dot(phi) - 0.5 * phi.dot(subjects.back().precision * phi);
  }
  return local;
}

std::size_t values_of(const PopulationProblem& problem) {
  double count = 0;
  for (const ProblemBatch& batch : problem.batches)
    for (const Observed* observed : {&batch.data.pk, &batch.data.pd})
      for (const Lanes& n : observed->count)
        for (std::size_t l = 0; l < lanes; ++l) count += n[l];
  return static_cast<std::size_t>(count);
}

/// Omegas at the modes of their profiles, one after the other.
void fit_omegas(const LocalPopulation& local, int sweeps, const std::vector<bool>& free,
                Inclusion& inclusion) {
  for (int sweep = 0; sweep < sweeps; ++sweep)
    for (std::size_t p = 0; p < inclusion.omega.size(); ++p)
      if (free[p]) inclusion.omega[p] = profile_variability(local, inclusion, p).omega;
}

/// Typical values and effects as the picture has them, with individuals integrated out; their places, to be
/// held while individuals follow. The mode of everything together would do worse: where two parameters of an
/// individual can stand in for each other (a lag and an absorption rate with one early value), it moves to
/// where deviations cost least. What acts on parameters that do not vary is in no picture, and left alone.
std::vector<std::size_t> set_head(const LocalPopulation& local, const Inclusion& inclusion,
                                  const Layout& layout, VectorXd& x) {
  const VectorXd head = local.head(inclusion).mean;
  std::vector<std::size_t> places;
  const auto set = [&](std::size_t place, std::size_t i) {
    x[static_cast<Index>(place)] = head[static_cast<Index>(i)];
    places.push_back(place);
  };
  const auto in_pictures = [&](std::size_t p) { return layout.log_omega[p] != absent; };
  for (std::size_t p = 0; p < layout.typical.size(); ++p)
    if (in_pictures(p)) set(static_cast<std::size_t>(layout.typical[p]), p);
  const auto& effects = local.structure().model.effects;
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    if (in_pictures(effects[e].parameter)) set(layout.beta[e], layout.typical.size() + e);
  return places;
}

/// Individuals climb, and errors: first those that fit best, then, held, with the degrees of freedom taken
/// off that individuals take up.
void climb_individuals(PopulationDensity& density, const std::vector<std::size_t>& head, double freedom,
                       Pilot& pilot) {
  constexpr int climbs = 8;
  const Layout& layout = density.problem().layout;
  for (const bool hold_errors : {false, true}) {
    if (hold_errors)
      for (std::ptrdiff_t place : error_places(layout)) pilot.mode[place] -= 0.5 * std::log(freedom);
    std::vector<std::size_t> held = held_places(layout, hold_errors);
    held.insert(held.end(), head.begin(), head.end());
    Ascent ascent = climb(density, std::move(pilot.mode), held, 1.0, climbs);
    pilot.mode = std::move(ascent.position);
    pilot.gradients += ascent.gradients;
  }
}

/// From `pilot.mode` and `pilot.inclusion` on, omegas where `free`: the rounds of explore.
Result<Pilot> settled(const PopulationDensity& density, Pilot pilot, const std::vector<bool>& free) {
  constexpr int rounds = 3;
  const Layout& layout = density.problem().layout;
  PopulationDensity own = density;
  const double values = static_cast<double>(values_of(density.problem()));
  for (int round = 0;; ++round) {
    auto subjects = local_subjects(own, pilot.mode, pilot.inclusion, pilot.gradients);
    if (!subjects) return subjects.errors();
    pilot.local = LocalPopulation(density.problem().structure, std::move(subjects->subjects));
    fit_omegas(pilot.local, round == 0 ? 2 : 1, free, pilot.inclusion);
    pilot.log_evidence = subjects->constant + pilot.local.log_evidence(pilot.inclusion);
    if (round == rounds) return pilot;
    const double taken = std::min(pilot.local.effective_parameters(pilot.inclusion), 0.75 * values);
    for (std::size_t p = 0; p < free.size(); ++p)
      if (layout.log_omega[p] != absent) pilot.mode[layout.log_omega[p]] = std::log(pilot.inclusion.omega[p]);
    const auto head = set_head(pilot.local, pilot.inclusion, layout, pilot.mode);
    climb_individuals(own, head, 1 - taken / values, pilot);
  }
}

/// Where subjects have two solutions: the better explanation of all being at the one, all at the other, and
/// the pilot as it is, by their evidence. The larger the trial, the less can chains do about a wrong choice.
Result<Pilot> with_best_twins(const PopulationDensity& density, Pilot pilot, const std::vector<bool>& free) {
  TwinStep twins(density.problem());
  if (twins.empty()) return pilot;
  Pilot best = pilot;
  long gradients = pilot.gradients;
  for (const int side : {-1, 1}) {
    Pilot other = pilot;
    other.gradients = 0;
    if (!twins.gather({other.mode.data(), static_cast<std::size_t>(other.mode.size())}, side)) continue;
    auto settled_there = settled(density, std::move(other), free);
    if (!settled_there) continue;  // no explanation
    gradients += settled_there->gradients;
    if (settled_there->log_evidence > best.log_evidence) best = std::move(*settled_there);
  }
  best.gradients = gradients;
  return best;
}

}  // namespace

Result<Pilot> explore(const PopulationDensity& density, int searches, std::uint64_t seed, int threads) {
  const Layout& layout = density.problem().layout;
  std::vector<Ascent> modes(static_cast<std::size_t>(searches));
  parallel_for(modes.size(), threads, [&](std::size_t c) {
    PopulationDensity own = density;
    modes[c] = find_mode(own, seed, c);
  });
  const auto best = std::max_element(modes.begin(), modes.end(), [](const Ascent& a, const Ascent& b) {
    return a.log_density < b.log_density;
  });
  if (!std::isfinite(best->log_density))
    return Error{Fault::numerical, "no starting point explains the data", "",
                 "check units, or give starting values nearer to the data"};
  const auto& model = density.problem().structure.model;
  Pilot pilot{density.shared_problem(),
              LocalPopulation(density.problem().structure, {}),
              {},
              best->position,
              0,
              {},
              0};
  pilot.inclusion.effects.assign(model.effects.size(), true);
  pilot.inclusion.omega.assign(model.parameters.size(), 0.0);
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (layout.log_omega[p] != absent) pilot.inclusion.omega[p] = std::exp(pilot.mode[layout.log_omega[p]]);
  for (const Ascent& mode : modes) {
    pilot.searches.push_back(mode.log_density);
    pilot.gradients += mode.gradients;
  }
  std::vector<bool> free(model.parameters.size());
  for (std::size_t p = 0; p < free.size(); ++p) free[p] = pilot.inclusion.omega[p] > 0;
  auto picture = settled(density, std::move(pilot), free);
  return picture ? with_best_twins(density, std::move(*picture), free) : picture;
}

Result<Pilot> explore_without(const Pilot& pilot, const std::vector<bool>& left_out) {
  constexpr double hardly_any = 0.003;
  const PopulationDensity density(pilot.problem);
  Pilot without = pilot;
  std::vector<bool> free(left_out.size());
  for (std::size_t p = 0; p < free.size(); ++p) {
    free[p] = pilot.inclusion.omega[p] > 0 && !left_out[p];
    if (!left_out[p]) continue;
    without.inclusion.omega[p] = hardly_any;
    without.mode[pilot.problem->layout.log_omega[p]] = std::log(hardly_any);
  }
  PopulationDensity own = density;
  climb_individuals(own, {}, 1, without);
  return settled(density, std::move(without), free);
}

}  // namespace qdose
