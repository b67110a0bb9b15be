// Classes compared by how well they explain the trial as a population: the check on what Stage 1 selected.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace qdose {

/// One class fitted to the trial: marginal log likelihood (Laplace), BIC with one observation a subject, and
/// its probability exp(-BIC/2) among the classes compared. `typical` and `omega` are the fitted population
/// values.
struct ClassFit {
  std::string model;
  double log_likelihood = 0, bic = 0, probability = 0;
  std::map<std::string, double> typical, omega;
  double proportional = 0, additive = 0;  ///< residual error of the fit
  bool converged = false;
};

/// Best first.
struct ClassComparison {
  std::vector<ClassFit> pk, pd;
};

}  // namespace qdose
