#include "qdose/stage3_covariates/coverage.hpp"

#include <algorithm>

#include "qdose/stage3_covariates/residual.hpp"

namespace qdose {
namespace {

enum { CL, Vc, Vp, Q, kin, kout, IC50 };
constexpr double threshold = 3.3, share = 0.9;

std::vector<double> doses(const Eigen::MatrixXd& parameters) {
  std::vector<double> all;
  for (Eigen::Index i = 0; i < parameters.rows(); ++i) all.push_back(average_dose(parameters.row(i)));
  std::ranges::sort(all);
  return all;
}

double covering(const std::vector<double>& sorted) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

double covered(const std::vector<double>& sorted, double dose) {
  const auto kept = std::ranges::upper_bound(sorted, dose) - sorted.begin();
  return static_cast<double>(kept) / static_cast<double>(sorted.size());
}

}  // namespace

double average_dose(const Eigen::RowVectorXd& p) {
  const double excess =
      p(kin) / (p(kout) * threshold) - 1;  // R = kin / kout * (1 - C / (IC50 + C)) = threshold
  return 24 * p(CL) * p(IC50) * std::max(excess, 0.0);
}

KernelCoverage dose_coverage(const Design& design, const JointChoice& choice,
                             const std::vector<CovariateTarget>& targets, const Cohort& test,
                             const InputMatrix& test_inputs, std::uint64_t seed) {
  const Eigen::Index people = test.values.rows(), outputs = test.values.cols();
  std::vector<OutputModel> models;
  Eigen::MatrixXd mean(people, outputs);
  Eigen::RowVectorXd variance(outputs);
  for (std::size_t t = 0; t < targets.size(); ++t) {
    models.push_back(train(design, choice.outputs[t], targets[t]));
    mean.col(static_cast<Eigen::Index>(t)) = predict(design, models.back(), test_inputs);
    variance(static_cast<Eigen::Index>(t)) = models.back().variance;
  }
  const Eigen::VectorXd once = Eigen::VectorXd::Ones(targets.front().y.size());
  const Eigen::MatrixXd root = covariance_root(residual_covariance(targets, models, once));
  Eigen::MatrixXd drawn(people, outputs);
  for (Eigen::Index i = 0; i < people; ++i) {
    Stream stream(seed, Purpose::population, static_cast<std::uint64_t>(i));
    const Eigen::VectorXd normal = Eigen::VectorXd::NullaryExpr(outputs, [&] { return stream.normal(); });
    drawn.row(i) = (mean.row(i) + (root * normal).transpose()).array().exp();
  }
  const Eigen::MatrixXd points = (mean.rowwise() + variance / 2).array().exp();

  const std::vector<double> truth = doses(test.values);
  const double predictive = covering(doses(drawn)), point = covering(doses(points));
  KernelCoverage result{.true_dose = covering(truth)};
  result.predictive_ratio = predictive / result.true_dose, result.point_ratio = point / result.true_dose;
  result.predictive_coverage = covered(truth, predictive), result.point_coverage = covered(truth, point);
  return result;
}

}  // namespace qdose
