// Which trend, kernel, bandwidth and penalty: chosen by exact leave-one-out error, the simpler one when in
// doubt.
#pragma once
#include <string>
#include <vector>

#include "qdose/stage3_covariates/basis.hpp"
#include "qdose/stage3_covariates/ridge.hpp"
#include "qdose/stage3_covariates/targets.hpp"

namespace qdose {

/// All that regressions may use of the subjects' covariates.
struct Design {
  InputMatrix inputs;        ///< [subjects]
  std::vector<Basis> bases;  ///< each with training rows for all subjects
};

enum class Trend { constant, linear };

/// A regression apart from its penalty: an unpenalised trend plus, unless `basis` is -1, functions of
/// Design::bases.
struct Candidate {
  Trend trend = Trend::constant;
  int basis = -1;
};

/// What a method may choose from. Levels go from simple to complex; level k is entered only when its best
/// candidate beats what simpler levels offer by k * `caution` standard errors of the paired differences: the
/// more complex the level, the more candidates it has and the more its best one flatters itself.
struct Variant {
  std::string name;
  std::vector<std::vector<Candidate>> levels;
};

/// A way to regress. Of several variants (feature maps) the one with the smallest error over all outputs is
/// taken.
struct Method {
  std::string name;
  std::vector<Variant> variants;
  bool by_likelihood = false;  ///< choose within a level by marginal likelihood (Gaussian process)
  double caution = 1;
};

/// What was chosen for one output.
struct Choice {
  Candidate candidate;
  double lambda = 0;
  double score = 0;  ///< weighted mean of squared leave-one-out residuals, or minus the likelihood
  Eigen::VectorXd loo_residuals;  ///< [rows]
};

struct JointChoice {
  std::size_t variant = 0;
  std::vector<Choice> outputs;
};

/// The decomposed problem of a candidate for some subjects with weights of mean 1.
RidgePath make_path(const Design& design, const Candidate& candidate,
                    const std::vector<std::size_t>& subjects, const Eigen::VectorXd& weights);

/// Weighted mean difference of squared residuals (a minus b) and its standard error, rows taken as
/// independent.
struct PairedDifference {
  double mean = 0, se = 0;
};
PairedDifference compare(const Eigen::VectorXd& residual_a, const Eigen::VectorXd& residual_b,
                         const Eigen::VectorXd& weights);

/// Chooses for all targets. Penalties: 13 values from 1e-3 to 1e3, relative to weights of mean 1 and kernels
/// with unit diagonal.
JointChoice choose(const Design& design, const Method& method, const std::vector<CovariateTarget>& targets);

/// The values of the trend for people with these inputs, [people][1 or 1 + columns].
Eigen::MatrixXd trend_columns(Trend trend, const InputMatrix& inputs);

}  // namespace qdose
