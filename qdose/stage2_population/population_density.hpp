// The posterior of a population model as a density to be sampled.
#pragma once
#include <algorithm>
#include <array>
#include <memory>

#include "qdose/num/batch.hpp"
#include "qdose/stage2_population/density.hpp"
#include "qdose/stage2_population/effect_precision.hpp"
#include "qdose/stage2_population/population_problem.hpp"
#include "qdose/stage2_population/population_step.hpp"
#include "qdose/stage2_population/twin_step.hpp"

namespace qdose {

/// Log posterior of population values and individual parameters, with its gradient by reverse
/// differentiation, eight subjects at a time.
///
/// Model: phi_i = m_i + omega u_i, u_i ~ N(0, 1), or N(0, R) over parameters with LKJ's prior on R, m_i =
/// typical + sum beta * input, on the unbounded scale of each parameter; values are normal around their
/// prediction with ErrorModel. Priors: PopulationPriors.
///
/// Sampled for each individual parameter is x = w m + (phi - m) omega^(w - 1), centred (w = 1: x = phi) where
/// the subject's data say more than the population, not centred (w = 0: x = u) where they say less, anything
/// between (Papaspiliopoulos, Roberts & Skoeld 2003). Reported coordinates have phi in its place. The weights
/// start at 1 and are learnt from draws: w = 1 - Var(phi - m) / E[omega^2].
class PopulationDensity final : public Density {
 public:
  explicit PopulationDensity(std::shared_ptr<const PopulationProblem> problem);

  std::size_t dimension() const override { return problem_->layout.dimension; }
  double log_density(std::span<const double> x, std::span<double> gradient) override;
  bool gradient_along(std::size_t j, std::span<const double> x, std::span<double> gradient) override;
  std::unique_ptr<Density> clone() const override { return std::make_unique<PopulationDensity>(*this); }
  ArrowStructure arrow() const override { return problem_->layout.arrow(); }
  bool learn_coordinates(std::span<const std::vector<double>> draws) override;
  std::vector<double> learnt() const override;
  void restore(std::span<const double> learnt) override;
  double identity() const override;
  /// The step between solutions with the same concentrations (twin_step.hpp), where the class has them, and
  /// the population's given its individuals (population_step.hpp).
  bool jump(std::span<double> x, Stream& random) override;
  bool remembers(std::span<const double> x) const override { return current_.is_of(x); }
  std::vector<double> memory() const override;
  void remember(std::span<const double> memory) override;
  /// Log likelihood of the data alone at `x`; -infinity or not a number where arithmetic failed.
  double log_likelihood(std::span<const double> x);
  void to_reported(std::span<const double> x, std::span<double> reported) const override;
  void from_reported(std::span<const double> reported, std::span<double> x) const override;

  const PopulationProblem& problem() const { return *problem_; }
  std::shared_ptr<const PopulationProblem> shared_problem() const { return problem_; }

 private:
  /// One parameter of eight subjects on its way from sampled to natural, kept for the way back.
  struct Individual {
    Lanes weight, sampled;  ///< centring weight; 1 where the lane samples this parameter, else 0
    Lanes shrink;           ///< omega^-w
    Lanes score, pull;      ///< u; R^-1 u over parameters (u itself without correlations)
    Lanes natural_slope;    ///< d natural / d phi
    std::array<std::size_t, lanes> place;  ///< in the sampled vector; 0 where nothing is sampled
  };

  /// What the data said at a place: it depends on the individuals and residual errors alone, so that a move
  /// of the population given these leaves it as it is.
  struct Remembered {
    std::vector<double> position;  ///< empty: nothing
    double log_likelihood = 0;
    std::array<double, 4> by_residual{};         ///< gradient by `residual_places`
    std::vector<std::vector<Lanes>> by_natural;  ///< [batch][parameter]
    bool is_of(std::span<const double> x) const { return std::ranges::equal(position, x); }
  };
  std::array<std::ptrdiff_t, 4> residual_places() const;
  double ask_the_data(std::span<const double> x, std::span<double> gradient);
  double recall_the_data(std::span<const double> x, std::span<double> gradient);

  template <class Once>
  void each_individual(std::span<const double> population, Once once);
  double prior(std::span<const double> x, std::span<double> gradient);
  Batch lane_means(const ProblemBatch& batch, std::size_t parameter, std::span<const double> x) const;
  void set_shrinkage(std::size_t batch, std::span<const double> x);
  bool set_individuals(std::size_t batch, std::span<const double> x);
  void set_pulls(std::size_t batch);
  double individual_prior(std::size_t batch, std::span<const double> x) const;
  void add_gradient(std::size_t batch, std::span<const double> x, std::span<double> gradient) const;
  double add_likelihood(const ProblemBatch& batch, std::span<const double> x, std::span<double> gradient);

  std::shared_ptr<const PopulationProblem> problem_;
  std::vector<std::vector<Individual>> individuals_;  ///< [batch][parameter]
  std::vector<Lanes> used_;                           ///< [batch] 1 where a lane is a subject
  std::vector<std::vector<std::size_t>> effects_of_;  ///< [parameter]
  std::vector<double> omega_;                         ///< [parameter] as of the last call of prior
  std::vector<Lanes> exponents_;                      ///< scratch, [parameter]
  EffectPrecision correlation_;
  std::vector<const Lanes*> scores_;  ///< scratch, [parameter]
  std::vector<Lanes*> pulls_;         ///< scratch, [parameter]
  TwinStep twins_;
  PopulationStep population_;
  /// Where the chain is, once a jump has seen it, and where the density was asked last.
  Remembered current_, latest_;
  std::vector<double> reported_;  ///< scratch of a jump
  bool centred_ = true;           ///< all weights are 1
  BatchEvaluation evaluation_;
};

}  // namespace qdose
