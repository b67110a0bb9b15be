// The reference report's synthetic problem, posed again with its figures.
#pragma once
#include <Eigen/Dense>
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/inputs.hpp"

namespace qdose {

/// BW ~ U(50, 120) kg, COMED ~ Bernoulli(0.5) and seven parameters that depend on them, each times exp(N(0,
/// 0.2)).
struct Cohort {
  std::vector<PopulationCovariate> covariates;
  std::vector<std::string> names;  ///< CL Vc Vp Q kin kout IC50
  CovariateRows rows;              ///< [people]{BW, COMED}
  Eigen::MatrixXd values;          ///< [people][7], natural scale
  Eigen::MatrixXd expected;        ///< [people][7], the mean given the covariates: what no method can beat
};

/// Person i draws from Stream(seed, purpose, i).
Cohort report_cohort(std::size_t people, std::uint64_t seed, Purpose purpose);

}  // namespace qdose
