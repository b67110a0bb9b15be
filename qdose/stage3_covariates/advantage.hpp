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
bool is_classical_name(const std::string& method);

/// The bandwidth that the outputs with signal use most; the middle of the range when there is none.
double typical_bandwidth(const KernelResult& result);

/// Centred kernel-target alignment <K, y y^T> / (|K| |y y^T|) in the Frobenius norm (Cortes, Mohri and
/// Rostamizadeh 2012), in [-1, 1].
double alignment(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y);

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

/// Fills what the first 500 people show of the chosen map's kernel: the geometric difference from the RBF
/// kernel nearest to it (the smallest g over the RBF lengths tried), sqrt(N), concentration, alignment of
/// both kernels with every target, and the seconds that states and Gram matrix of (at most 2000) people
/// take.
Result<Done> add_geometry(KernelResult& result, const InputMatrix& inputs,
                          const std::vector<CovariateTarget>& targets, const KernelSettings& settings);

}  // namespace qdose
