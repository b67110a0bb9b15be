// Fidelity kernels |<psi_i|psi_j>|^2 from states that were simulated once: matrix products instead of one
// circuit a pair.
#pragma once
#include <vector>

#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

/// K[i][j] = |<a_i|b_j>|^2, row-major [a.count][b.count], in [0, 1]. Single precision is exact to 1e-5.
template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, const StateMatrix<T>& b);

/// The symmetric case, at half the work: row-major [a.count][a.count], the diagonal is 1 up to rounding.
/// Works in tiles, so that memory beyond the result stays below 10 MB.
template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a);

extern template std::vector<float> fidelity_gram(const StateMatrix<float>&, const StateMatrix<float>&);
extern template std::vector<double> fidelity_gram(const StateMatrix<double>&, const StateMatrix<double>&);
extern template std::vector<float> fidelity_gram(const StateMatrix<float>&);
extern template std::vector<double> fidelity_gram(const StateMatrix<double>&);

}  // namespace qdose
