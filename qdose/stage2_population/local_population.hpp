// A population whose subjects' likelihoods are taken as normal in their parameters: all integrals are then
// exact and cost microseconds, so that many structures can be weighed against each other.
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

/// Subject i's likelihood near its mode: exp(linear' phi - phi' precision phi / 2) for the parameters that
/// its data depend on.
struct LocalSubject {
  std::vector<std::size_t> parameter;  ///< indices in PopulationModel::parameters
  Eigen::MatrixXd precision;           ///< positive semi-definite
  Eigen::VectorXd linear;
  std::vector<double> inputs;  ///< [effect] what multiplies beta
};

/// From minus the second derivatives and the gradient of the log likelihood at `phi`. Curvature that is not
/// positive is left out: it says nothing about a parameter.
LocalSubject local_subject(std::vector<std::size_t> parameter, const Eigen::MatrixXd& curvature,
                           const Eigen::VectorXd& gradient, const Eigen::VectorXd& phi,
                           std::vector<double> inputs);

/// Which random effects and covariate effects a model has.
struct Inclusion {
  std::vector<double> omega;  ///< by parameter; 0: does not vary
  std::vector<bool> effects;  ///< by effect
};

/// phi_i = typical + effects + omega u_i with the normal priors of a PopulationStructure, omegas given. The
/// local second derivatives are those at one point, so this is Laplace's approximation with the subjects'
/// terms kept.
class LocalPopulation {
 public:
  /// `structure` must outlive this.
  LocalPopulation(const PopulationStructure& structure, std::vector<LocalSubject> subjects)
      : structure_(&structure), subjects_(std::move(subjects)) {}

  /// Typical values and effects given the omegas: normal with this mean and covariance (excluded effects: 0
  /// and 0), and the log of the data's density up to a constant that does not depend on the inclusion.
  struct Head {
    Eigen::VectorXd mean;  ///< typical by parameter, then beta by effect
    Eigen::MatrixXd covariance;
    double log_evidence = 0;
  };
  Head head(const Inclusion& inclusion) const;
  double log_evidence(const Inclusion& inclusion) const { return solve(inclusion, false).log_evidence; }

  /// A draw of a subject's parameters given typical values and effects; `spread` multiplies its deviations
  /// from the mean.
  Eigen::VectorXd individual(std::size_t subject, const Inclusion& inclusion, const Eigen::VectorXd& head,
                             double spread, Stream& random) const;

  /// Number of parameters that subjects' data determine: sum of tr(precision (precision + omega^-2)^-1).
  double effective_parameters(const Inclusion& inclusion) const;

  const std::vector<LocalSubject>& subjects() const { return subjects_; }
  const PopulationStructure& structure() const { return *structure_; }

 private:
  Head solve(const Inclusion& inclusion, bool with_covariance) const;
  Eigen::VectorXd expected(std::size_t subject, const Eigen::VectorXd& head) const;

  const PopulationStructure* structure_;
  std::vector<LocalSubject> subjects_;
};

/// exp(log_evidence) integrated over the prior of log omega of one parameter, and where it is largest.
struct VariabilityProfile {
  double log_evidence_none = 0;  ///< omega = 0
  double log_evidence = 0;       ///< integrated over the prior
  double omega = 0, upper = 0;   ///< posterior mode of log omega, and its 95% quantile, on the natural scale
};
VariabilityProfile profile_variability(const LocalPopulation& population, Inclusion inclusion,
                                       std::size_t parameter);

}  // namespace qdose
