// Fidelity kernels |<psi_i|psi_j>|^2 from states that were simulated once: one matrix product instead of one
// circuit a pair.
#pragma once
#include <vector>

#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

/// K[i][j] = |<a_i|b_j>|^2, row-major [a.count][b.count], in [0, 1]. Single precision is exact to 1e-5. The
/// result does not depend on `threads`.
template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, const StateMatrix<T>& b, int threads = 1);

/// The symmetric case, at half the work: row-major [a.count][a.count], the diagonal is 1 up to rounding.
/// Works in tiles; memory beyond the result: twice the states (float) or a few megabytes (double).
template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, int threads = 1);

/// The symmetric case into memory of the caller.
template <class T>
void fidelity_gram(const StateMatrix<T>& a, T* out, int threads = 1);

extern template std::vector<float> fidelity_gram(const StateMatrix<float>&, const StateMatrix<float>&, int);
extern template std::vector<double> fidelity_gram(const StateMatrix<double>&, const StateMatrix<double>&,
                                                  int);
extern template std::vector<float> fidelity_gram(const StateMatrix<float>&, int);
extern template std::vector<double> fidelity_gram(const StateMatrix<double>&, int);
extern template void fidelity_gram(const StateMatrix<float>&, float*, int);
extern template void fidelity_gram(const StateMatrix<double>&, double*, int);

}  // namespace qdose
