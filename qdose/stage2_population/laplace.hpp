// A population fit in a fraction of a second: individual modes by Newton's method, population values by
// expectation-maximisation, the marginal likelihood by Laplace's approximation. It ranks classes and starts
// the sampler.
#pragma once
#include <string_view>
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/comparison.hpp"
#include "qdose/stage2_population/role_data.hpp"

namespace qdose {

/// Population fit of one role of one class. Vectors by parameter on the unbounded scale.
struct LaplaceFit {
  std::vector<double> typical, omega;
  Residual residual;
  double log_likelihood = 0;  ///< marginal, Laplace
  double bic = 0;             ///< -2 log L + (2 parameters + 2) ln(subjects)
  bool converged = false;
  std::vector<std::vector<double>>
      individual;  ///< [subject of the trial][parameter]; typical where it has no values
  std::vector<std::vector<double>> variance;  ///< posterior variances; omega^2 where it has no values
};

struct LaplaceSettings {
  int rounds = 40;         ///< expectation-maximisation rounds at most
  int refined_starts = 4;  ///< starts followed to their pooled optimum
};

/// Fits a PK class. `starts` are typical values (natural scale); the best by pooled likelihood are refined.
LaplaceFit fit_pk_laplace(const Trial& trial, std::string_view pk_class,
                          const std::vector<std::vector<double>>& starts, const LaplaceSettings& settings);

/// Fits a PD class to the biomarker with each subject's concentrations as fitted by `pk` (individual PK
/// parameters held: the IPP approach, Zhang, Beal & Sheiner 2003).
LaplaceFit fit_pd_laplace(const Trial& trial, std::string_view pk_class, const LaplaceFit& pk,
                          std::string_view pd_class, const std::vector<std::vector<double>>& starts,
                          const LaplaceSettings& settings);

}  // namespace qdose
