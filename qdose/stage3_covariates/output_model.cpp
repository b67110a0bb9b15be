#include "qdose/stage3_covariates/output_model.hpp"

#include <algorithm>

namespace qdose {

double between_variance(const Eigen::VectorXd& residuals, const Eigen::VectorXd& noise,
                        const Eigen::VectorXd& copies, double count) {
  const auto excess = [&](double variance) {
    return (copies.array() * residuals.array().square() / (variance + noise.array())).sum() - count;
  };
  if (count <= 0) return 0;
  // Falling in the variance. At `high` every subject alone contributes at most its share.
  double low = 0, high = copies.dot(residuals.cwiseAbs2()) / count;
  if (high <= 0 || (noise.minCoeff() > 0 && excess(0) <= 0)) return 0;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (excess(middle) > 0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

OutputModel train(const Design& design, const Choice& choice, const CovariateTarget& target,
                  const Eigen::VectorXd& copies) {
  const Eigen::VectorXd times = copies.size() > 0 ? copies : Eigen::VectorXd::Ones(target.y.size());
  std::vector<Eigen::Index> rows;
  std::vector<std::size_t> subjects;
  for (Eigen::Index k = 0; k < target.y.size(); ++k)
    if (times(k) > 0) rows.push_back(k), subjects.push_back(target.subjects[static_cast<std::size_t>(k)]);
  Eigen::VectorXd weights = target.weights(rows).cwiseProduct(times(rows));
  weights *= times.sum() / weights.sum();  // mean 1 over all copies: the penalty keeps its meaning
  const RidgePath path = make_path(design, choice.candidate, subjects, weights);
  const Eigen::VectorXd y = target.y(rows);

  OutputModel model{choice.candidate, choice.lambda, path.solve(y, choice.lambda), 0, {}, 0};
  const Eigen::VectorXd residuals = path.residuals(y, choice.lambda);
  model.residual_count = times.sum() - path.effective_parameters(choice.lambda);
  model.variance = between_variance(residuals, target.noise(rows), times(rows), model.residual_count);
  model.residuals = Eigen::VectorXd::Zero(target.y.size());
  model.residuals(rows) = residuals;
  return model;
}

Eigen::VectorXd predict(const Design& design, const OutputModel& model, const InputMatrix& inputs) {
  Eigen::VectorXd mean = trend_columns(model.candidate.trend, inputs) * model.coefficients.trend;
  if (model.candidate.basis >= 0)
    mean += functions_at(design.bases[static_cast<std::size_t>(model.candidate.basis)], inputs) *
            model.coefficients.functions;
  return mean;
}

}  // namespace qdose
