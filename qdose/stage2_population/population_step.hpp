// A step of the population alone, the individuals held where they are.
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose {

/// Given every subject's parameters phi, the data say nothing more about the population: a typical value and
/// its covariate effects are the coefficients of a regression with normal priors, omega its residual standard
/// deviation. They are drawn from that, parameter by parameter: coefficients given omega exactly, log omega
/// given coefficients by slice sampling (Neal 2003, Ann Stat 31:705; its density is log-concave).
/// Trajectories move in coordinates between centred and non-centred ones; drawing in the centred ones after
/// each interweaves the two (Yu & Meng 2011, J Comput Graph Stat 20:531), which is what breaks the slow walk
/// of a variability that subjects know little about. No data are looked at.
class PopulationStep {
 public:
  /// Empty for correlated random effects, and where nothing varies.
  explicit PopulationStep(const PopulationProblem& problem);
  bool empty() const { return varying_.empty(); }

  /// Moves a draw in reported coordinates; the posterior is left invariant.
  void move(std::span<double> draw, Stream& random) const;

 private:
  /// A parameter that varies: its coefficients (typical value first) and the individuals that are sampled.
  struct Varying {
    std::vector<std::size_t> coefficient;  ///< places in a draw
    std::size_t log_omega;                 ///< place in a draw
    std::vector<Normal> prior;             ///< [coefficients]
    Normal log_omega_prior;
    std::vector<std::size_t> individual;  ///< places in a draw
    Eigen::MatrixXd inputs, squares;      ///< X [individuals][coefficients], X' X
  };
  static void move(const Varying& of, std::span<double> draw, Stream& random);

  std::vector<Varying> varying_;
};

}  // namespace qdose
