// Draws of a population, chain after chain, and what follows from one of them: population values,
// individuals, replicates.
#pragma once
#include <span>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/lkj.hpp"
#include "qdose/stage2_population/population_problem.hpp"
#include "qdose/stage2_population/sampler.hpp"

namespace qdose {

/// A view; problem, trial and sample must outlive it. Parameters are vectors by PopulationModel::parameters
/// on the unbounded scale.
class Posterior {
 public:
  Posterior(const PopulationProblem& problem, const Trial& trial, const Sample& sample, std::uint64_t seed);

  const PopulationProblem& problem() const { return problem_; }
  const PopulationModel& model() const { return problem_.structure.model; }
  const Trial& trial() const { return trial_; }
  std::size_t chains() const { return sample_.chains.size(); }
  std::size_t draws_per_chain() const { return sample_.chains.front().draws.size(); }
  std::size_t size() const { return chains() * draws_per_chain(); }

  /// Draw k of all chains, in reported coordinates.
  std::span<const double> draw(std::size_t k) const;
  const PopulationDraw& population(std::size_t k) const { return populations_[k]; }
  /// What a subject has by its covariates alone, into `phi` [parameter].
  void expected(std::size_t k, std::size_t subject, std::span<double> phi) const;
  /// What the subject itself has. Parameters that its data do not depend on come from the population given
  /// the others, with random numbers that belong to (draw, subject).
  void individual(std::size_t k, std::size_t subject, std::span<double> phi) const;
  /// Another subject with the same covariates.
  void replicate(std::size_t k, std::size_t subject, Stream& random, std::span<double> phi) const;
  ErrorModel pk_error(std::size_t k) const;
  ErrorModel pd_error(std::size_t k) const;

 private:
  double value(std::size_t k, std::ptrdiff_t place) const { return draw(k)[static_cast<std::size_t>(place)]; }

  PopulationDraw make_population(std::size_t k) const;
  EffectMatrix correlation(std::size_t k) const;  ///< of the parameters that vary
  /// Moves the parameters that a subject's data do not depend on from their joint distribution with the
  /// others to that given the sampled values of those (Matheron's rule).
  void condition(std::size_t k, std::size_t subject, std::span<double> phi) const;

  double exp_value(std::size_t k, std::ptrdiff_t place) const;  ///< 0 where it is absent

  const PopulationProblem& problem_;
  const Trial& trial_;
  const Sample& sample_;
  std::uint64_t seed_;
  std::vector<PopulationDraw> populations_;  ///< of every draw
  std::vector<std::vector<double>> inputs_;  ///< [subject][effect]: what multiplies its beta
  std::vector<char> seen_whole_;             ///< [subject]: its data depend on every parameter that varies
};

/// About `wanted` of `size` indices, evenly spaced; all when there are fewer.
std::vector<std::size_t> evenly_spaced(std::size_t size, std::size_t wanted);

}  // namespace qdose
