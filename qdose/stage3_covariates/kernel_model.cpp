#include "qdose/stage3_covariates/kernel_model.hpp"

namespace qdose {

std::vector<double> KernelModel::mean(const KernelReplicate& replicate,
                                      std::span<const double> covariates) const {
  const std::vector<double> row(covariates.begin(), covariates.end());
  std::vector<double> means = covariate_mean(population, replicate.draw, row);
  const InputMatrix person = inputs.matrix({row});
  for (std::size_t t = 0; t < modelled.size(); ++t)
    means[modelled[t].parameter] = predict(design, replicate.outputs[t], person)(0);
  return means;
}

std::vector<double> KernelModel::individual(const KernelReplicate& replicate,
                                            std::span<const double> covariates, Stream& stream) const {
  std::vector<double> parameters = mean(replicate, covariates);
  std::vector<double> normal(parameters.size());  // drawn for all, so that every parameter keeps its numbers
  for (double& z : normal) z = stream.normal();
  Eigen::VectorXd own(static_cast<Eigen::Index>(modelled.size()));
  std::vector<bool> is_modelled(parameters.size(), false);
  for (std::size_t t = 0; t < modelled.size(); ++t) {
    own(static_cast<Eigen::Index>(t)) = normal[modelled[t].parameter];
    is_modelled[modelled[t].parameter] = true;
  }
  const Eigen::VectorXd difference = replicate.covariance_root * own;
  for (std::size_t t = 0; t < modelled.size(); ++t)
    parameters[modelled[t].parameter] += difference(static_cast<Eigen::Index>(t));
  for (std::size_t p = 0; p < parameters.size(); ++p)
    if (!is_modelled[p]) parameters[p] += replicate.draw.omega[p] * normal[p];
  return parameters;
}

}  // namespace qdose
