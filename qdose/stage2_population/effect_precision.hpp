// Correlated random effects in the density: u ~ N(0, R) instead of N(0, 1) for the effects that a subject's
// data depend on.
#pragma once
#include <span>
#include <vector>

#include "qdose/num/batch.hpp"
#include "qdose/stage2_population/lkj.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose {

/// R and what follows from it, kept for the way back. Subjects whose data depend on the same parameters share
/// a submatrix of R, its inverse P and log determinant. Allocates nothing after construction.
class EffectPrecision {
 public:
  /// Nothing is correlated (empty()) when the problem's layout has no correlations.
  explicit EffectPrecision(const PopulationProblem& problem);
  bool empty() const { return places_.empty(); }
  static constexpr double prior_shape = 2;  ///< of lkj_log_density: weakly in favour of independence

  /// Takes R from the sampled vector. Returns its log prior minus half the log determinants of all subjects,
  /// and writes the prior's slope; -infinity, and nothing to go on with, where R is singular in arithmetic.
  double set(std::span<const double> x, std::span<double> gradient);

  /// P u of a batch, eight subjects at a time; `score` and `pull` by parameter, zero where nothing is
  /// sampled. Adds pull pull' to what `finish` needs.
  void weigh(std::size_t batch, std::span<const Lanes* const> score, std::span<Lanes* const> pull);

  /// Adds the gradient by the correlations, after all batches were weighed.
  void finish(std::span<const double> x, std::span<double> gradient) const;

 private:
  struct Pattern {
    std::vector<Eigen::Index> effects;  ///< among those that vary
    double subjects = 0;
    EffectMatrix precision;       ///< of all effects, 0 for those that are not in the pattern
    std::vector<Lanes> products;  ///< [row][column <= row] sums of pull pull'
  };
  struct Group {
    std::size_t pattern = 0;
    Lanes mask;  ///< 1 where a lane is a subject of the pattern
  };

  std::size_t pattern_of(std::vector<Eigen::Index> effects);

  std::vector<std::size_t> places_;   ///< of the correlations in the sampled vector
  std::vector<std::size_t> varying_;  ///< parameters
  std::vector<Pattern> patterns_;
  std::vector<std::vector<Group>> groups_;  ///< [batch]
  EffectMatrix root_;
};

}  // namespace qdose
