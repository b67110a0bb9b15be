// Is the quantum kernel better than what a classical computer offers? The comparison, and its verdict in
// words.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/methods.hpp"

namespace qdose {

/// Whether a method is one that the quantum kernel must beat: all but its own weaker variants and the plain
/// mean.
bool is_classical(const Method& method);

/// Paired differences of squared error, baseline minus quantum kernel, a person.
class Comparison {
 public:
  void add(const std::string& baseline, const Eigen::VectorXd& differences);

  /// "advantage over ..." when the 95% interval of the difference to every baseline is above 0, else "no
  /// advantage ...", with the baseline that decides and its interval.
  std::string verdict() const;

 private:
  struct Entry {
    std::string baseline;
    double mean, se;
  };
  std::vector<Entry> entries_;
};

/// g = sqrt(|| sqrt(K_q) sqrt(K_c) (K_c + lambda I)^-2 sqrt(K_c) sqrt(K_q) ||) with K_c and K_q scaled to
/// trace N (Huang et al. 2021, eq. F19): below sqrt(N) by far, no choice of targets lets the quantum kernel
/// generalise much better.
double geometric_difference(Eigen::MatrixXd classical, Eigen::MatrixXd quantum, double lambda = 0.01);

/// Fills the geometric difference between the chosen map's kernel and the RBF kernel nearest to it (the
/// smallest g over the RBF lengths tried), sqrt(N), and the seconds that its states and Gram matrix take.
Result<Done> add_geometry(KernelResult& result, const InputMatrix& inputs, const KernelSettings& settings);

}  // namespace qdose
