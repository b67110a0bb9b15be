// A step of the population and its subjects between solutions with the same concentrations.
#pragma once
#include <span>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose {

/// Where a PK class has twins (models/definition.hpp), every subject's likelihood has two hills, phi and T
/// phi, and which of them holds more follows from the population: with J = |T'|, odds p(T phi) J : p(phi).
/// Subjects that change one at a time, with a population that follows them, are a random walk in steps of
/// omega / sqrt(N). So the population moves with the question integrated out: a trajectory of its typical
/// values, effects and omegas under prod_i (p(phi_i) + p(T phi_i) J_i), Metropolis-corrected, and then each
/// subject draws its place. No data are looked at, so it costs less than a gradient of the density.
/// (Labels of a mixture, collapsed: Liu 1994; the order of the two draws makes the step exact: van Dyk & Park
/// 2008.)
class TwinStep {
 public:
  /// Empty for a class without twins, for correlated random effects, and where a parameter that differs
  /// between twins does not vary between subjects.
  explicit TwinStep(const PopulationProblem& problem);
  bool empty() const { return moving_.empty(); }

  /// Sets the trajectory's scales from draws (reported coordinates): they must not depend on where a chain
  /// is.
  void learn(std::span<const std::vector<double>> draws);
  std::vector<double> learnt() const { return scale_; }
  void restore(std::span<const double> scales) { scale_.assign(scales.begin(), scales.end()); }

  /// Puts all subjects of a draw (reported coordinates) at the same one of their two places: where the first
  /// parameter that differs is the larger (side > 0) or the smaller. False when they were there.
  bool gather(std::span<double> draw, int side);

  /// Moves a draw in reported coordinates; the posterior is left invariant. False when nothing changed.
  bool move(std::span<double> draw, Stream& random);

 private:
  /// Eight subjects: what is known of them while the population moves.
  struct Group {
    Lanes counted, two;            ///< 1 where all that moves is sampled, and where a twin exists
    std::vector<Lanes> phi, jump;  ///< [moving]; T phi - phi
    Lanes log_jacobian, share;
  };
  /// The log density of the population given the subjects' two places each, and its gradient by
  /// `coordinate_`.
  double evaluate(std::span<const double> draw, std::span<double> gradient);
  void place(std::span<const double> draw);
  bool travel(std::span<double> draw, Stream& random);
  template <class Change>
  bool change_places(std::span<double> draw, Change change) const;
  Lanes mean(std::size_t batch, std::size_t parameter, std::span<const double> draw) const;

  const PopulationProblem* problem_;
  const ModelInfo* model_;
  std::vector<std::size_t> moving_;      ///< PK parameters that differ between twins
  std::vector<std::size_t> coordinate_;  ///< of the population: typical values, log omegas, effects on these
  std::vector<double> scale_;            ///< of each
  std::vector<Group> groups_;            ///< [batch]
};

}  // namespace qdose
