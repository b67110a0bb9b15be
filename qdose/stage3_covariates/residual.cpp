#include "qdose/stage3_covariates/residual.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

struct Correlation {
  double value = 0;
  double chance = 0;  ///< variance of the estimate were the true correlation 0
};

double noise_share(const CovariateTarget& target, const OutputModel& model) {
  return target.noise.mean() / model.variance;
}

/// Correlation of two outputs between people, corrected for the parameters that were fitted.
Correlation correlate(const CovariateTarget& a, const OutputModel& in_a, const CovariateTarget& b,
                      const OutputModel& in_b, const Eigen::VectorXd& copies) {
  if (in_a.variance <= 0 || in_b.variance <= 0) return {};
  double sum = 0, count = 0;
  for (std::size_t i = 0, j = 0; i < a.subjects.size() && j < b.subjects.size();) {  // both ascend
    if (a.subjects[i] < b.subjects[j]) {
      ++i;
    } else if (b.subjects[j] < a.subjects[i]) {
      ++j;
    } else {
      const double times = copies(static_cast<Eigen::Index>(a.subjects[i]));
      sum +=
          times * in_a.residuals(static_cast<Eigen::Index>(i)) * in_b.residuals(static_cast<Eigen::Index>(j));
      count += times;
      ++i, ++j;
    }
  }
  const double fitted_a = static_cast<double>(a.subjects.size()) - in_a.residual_count;
  const double fitted_b = static_cast<double>(b.subjects.size()) - in_b.residual_count;
  const double left = count - std::max(0.5 * (fitted_a + fitted_b), 1.0);
  if (left < 5) return {};  // too few subjects inform both
  return {sum / left / std::sqrt(in_a.variance * in_b.variance),
          (1 + noise_share(a, in_a)) * (1 + noise_share(b, in_b)) / left};
}

/// What is left of a correlation when the part that chance explains is taken off.
double shrunk(const Correlation& r) {
  if (r.value == 0) return 0;
  return std::clamp(r.value * std::max(0.0, 1 - r.chance / (r.value * r.value)), -0.95, 0.95);
}

}  // namespace

Eigen::MatrixXd residual_covariance(const std::vector<CovariateTarget>& targets,
                                    const std::vector<OutputModel>& models, const Eigen::VectorXd& copies) {
  const auto n = static_cast<Eigen::Index>(models.size());
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index a = 0; a < n; ++a) {
    const auto i = static_cast<std::size_t>(a);
    covariance(a, a) = models[i].variance;
    for (Eigen::Index b = 0; b < a; ++b) {
      const auto j = static_cast<std::size_t>(b);
      const Correlation r = correlate(targets[i], models[i], targets[j], models[j], copies);
      covariance(a, b) = covariance(b, a) = shrunk(r) * std::sqrt(models[i].variance * models[j].variance);
    }
  }
  const Eigen::MatrixXd root = covariance_root(covariance);
  return root * root.transpose();
}

Eigen::MatrixXd covariance_root(const Eigen::MatrixXd& covariance) {
  if (covariance.size() == 0) return covariance;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  return eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal();
}

}  // namespace qdose
