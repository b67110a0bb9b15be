// What Stage 2 considered for the model, and what it took: which parameters vary, which covariates act.
#pragma once
#include <string>

#include "qdose/results/fit.hpp"

namespace qdose {

/// Two tables; empty when nothing was considered.
std::string choice_tables(const Fit& fit);

}  // namespace qdose
