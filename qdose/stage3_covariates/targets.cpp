#include "qdose/stage3_covariates/targets.hpp"

#include <algorithm>

namespace qdose {
namespace {

/// Population mean of one parameter for each subject, and its variance between subjects: means over draws.
struct Population {
  Eigen::VectorXd mean;
  double variance = 0;
};

Population population_of(const Fit& fit, std::size_t parameter) {
  const std::size_t stride = std::max<std::size_t>(1, fit.draws.size() / 500);  // enough for a mean
  Population population{Eigen::VectorXd::Zero(static_cast<Eigen::Index>(fit.individuals.size())), 0};
  double count = 0;
  for (std::size_t d = 0; d < fit.draws.size(); d += stride, ++count) {
    population.variance += fit.draws[d].omega[parameter] * fit.draws[d].omega[parameter];
    for (std::size_t i = 0; i < fit.individuals.size(); ++i)
      population.mean(static_cast<Eigen::Index>(i)) +=
          covariate_mean(fit.model, fit.draws[d], fit.individuals[i].covariates)[parameter];
  }
  return {population.mean / count, population.variance / count};
}

}  // namespace

void set_weights(CovariateTarget& target, double between_variance) {
  target.weights = (target.noise.array() + between_variance).inverse().matrix();
  if (target.weights.size() > 0) target.weights /= target.weights.mean();
}

CovariateTarget individual_target(const Fit& fit, std::size_t parameter, double least_information) {
  CovariateTarget target{.name = fit.model.parameters[parameter].name, .parameter = parameter};
  const Population population = population_of(fit, parameter);
  std::vector<double> y, noise;
  for (std::size_t i = 0; i < fit.individuals.size(); ++i) {
    const double mean = fit.individuals[i].mean[parameter], sd = fit.individuals[i].sd[parameter];
    const double kept =
        sd * sd / population.variance;  // share of the population's variance that the data left
    if (!(kept < 1 - least_information)) continue;
    const double variance = sd * sd / (1 - kept);
    target.subjects.push_back(i);
    y.push_back((mean - kept * population.mean(static_cast<Eigen::Index>(i))) / (1 - kept));
    noise.push_back(variance);
  }
  target.y = Eigen::Map<Eigen::VectorXd>(y.data(), static_cast<Eigen::Index>(y.size()));
  target.noise = Eigen::Map<Eigen::VectorXd>(noise.data(), static_cast<Eigen::Index>(noise.size()));
  set_weights(target, population.variance);
  return target;
}

}  // namespace qdose
