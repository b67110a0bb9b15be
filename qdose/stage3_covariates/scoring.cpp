#include "qdose/stage3_covariates/scoring.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/stage3_covariates/advantage.hpp"

namespace qdose {
namespace {

/// The best R2 that the noise of the targets leaves to any method.
double ceiling(const CovariateTarget& target, const OutOfFold& residuals) {
  const double spread = target.weights.dot(residuals.mean.cwiseAbs2());
  return spread > 0 ? std::clamp(1 - target.weights.dot(target.noise) / spread, 0.0, 1.0) : 0;
}

KernelOutput score(const CovariateTarget& target, const OutOfFold& residuals, double caution) {
  const PairedDifference gain = compare(residuals.mean, residuals.method, target.weights);
  KernelOutput output;
  output.name = target.name;
  output.r2 = r_squared(residuals, target.weights);
  output.r2_ceiling = ceiling(target, residuals);
  output.rmse = std::sqrt(residuals.method.squaredNorm() / static_cast<double>(residuals.method.size()));
  output.has_signal = gain.mean > 0 && gain.mean > caution * gain.se;
  return output;
}

/// Squared error of `baseline` minus that of `kernel` a subject, summed over the outputs that the subject
/// informs, each in units of the output's spread.
Eigen::VectorXd differences(const std::vector<CovariateTarget>& targets,
                            const std::vector<OutOfFold>& baseline, const std::vector<OutOfFold>& kernel,
                            std::size_t subjects) {
  Eigen::VectorXd total = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(subjects));
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Eigen::VectorXd& w = targets[t].weights;
    const double spread = w.dot(kernel[t].mean.cwiseAbs2()) / w.sum();
    if (spread <= 0) continue;
    for (std::size_t k = 0; k < targets[t].subjects.size(); ++k) {
      const auto row = static_cast<Eigen::Index>(k);
      const double b = baseline[t].method(row), q = kernel[t].method(row);
      total(static_cast<Eigen::Index>(targets[t].subjects[k])) += w(row) * (b * b - q * q) / spread;
    }
  }
  return total;
}

/// People who differ from the references in one covariate only.
CovariateRows line(const PopulationModel& population, std::size_t along, int categorical, double level,
                   const std::vector<double>& x) {
  std::vector<double> person;
  for (const PopulationCovariate& covariate : population.covariates) person.push_back(covariate.reference);
  if (categorical >= 0) person[static_cast<std::size_t>(categorical)] = level;
  CovariateRows rows(x.size(), person);
  for (std::size_t k = 0; k < x.size(); ++k) rows[k][along] = x[k];
  return rows;
}

std::vector<double> to_vector(const Eigen::VectorXd& v) { return {v.begin(), v.end()}; }

}  // namespace

void fill_scores(KernelResult& result, const std::vector<Method>& methods,
                 const std::vector<CovariateTarget>& targets, const Scores& scores, std::size_t subjects,
                 double caution) {
  const auto count = static_cast<double>(targets.size());
  Comparison comparison;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    for (std::size_t t = 0; t < targets.size(); ++t) {
      const double r2 = r_squared(scores[m][t], targets[t].weights);
      if (m == 0) {
        result.outputs.push_back(score(targets[t], scores[m][t], caution));
        result.r2_mean += r2 / count;
      } else {
        result.baseline_r2[methods[m].name][targets[t].name] = r2;
        result.baselines[methods[m].name] += r2 / count;
      }
    }
    if (m > 0 && is_classical(methods[m]))
      comparison.add(methods[m].name, differences(targets, scores[m], scores[0], subjects));
  }
  result.verdict = comparison.verdict();
}

std::vector<KernelCurve> prediction_curves(const KernelModel& model,
                                           const std::vector<OutputModel>& log_linear) {
  const auto& covariates = model.population.covariates;
  const auto found = std::ranges::find_if(covariates, &PopulationCovariate::categorical);
  const int categorical = found == covariates.end() ? -1 : static_cast<int>(found - covariates.begin());
  const std::vector<double> levels = categorical < 0 ? std::vector<double>{0} : found->levels;
  std::vector<KernelCurve> curves;
  for (std::size_t t = 0; t < model.modelled.size(); ++t)
    for (std::size_t c = 0; c < covariates.size(); ++c) {
      if (!model.result.outputs[t].has_signal || covariates[c].categorical) continue;
      std::vector<double> x;
      for (int k = 0; k <= 40; ++k)
        x.push_back(covariates[c].smallest + (covariates[c].largest - covariates[c].smallest) * k / 40.0);
      for (const double level : levels) {
        const InputMatrix people = model.inputs.matrix(line(model.population, c, categorical, level, x));
        curves.push_back({model.modelled[t].name, covariates[c].name, level, x,
                          to_vector(predict(model.design, model.best.outputs[t], people)),
                          to_vector(predict(model.design, log_linear[t], people))});
      }
    }
  return curves;
}

}  // namespace qdose
