#include "qdose/data/trial.hpp"

namespace qdose {

int covariate_index(const Trial& trial, const std::string& name) {
  for (std::size_t i = 0; i < trial.covariates.size(); ++i)
    if (trial.covariates[i].name == name) return static_cast<int>(i);
  return -1;
}

}  // namespace qdose
