#include "qdose/stage3_covariates/cohort_scores.hpp"

#include <algorithm>
#include <chrono>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

/// Trend without the intercept, then the basis.
Eigen::MatrixXd columns_of(const Design& design, const Candidate& candidate, const InputMatrix& people) {
  const Eigen::MatrixXd trend = trend_columns(candidate.trend, people);
  const Eigen::Index free = trend.cols() - 1;
  Eigen::MatrixXd functions(people.rows(), 0);
  if (candidate.basis >= 0)
    functions = functions_at(design.bases[static_cast<std::size_t>(candidate.basis)], people);
  Eigen::MatrixXd all(people.rows(), free + functions.cols());
  all << trend.rightCols(free), functions;
  return all;
}

}  // namespace

double plain_r2(const Eigen::VectorXd& truth, const Eigen::VectorXd& prediction) {
  return 1 - (truth - prediction).squaredNorm() / (truth.array() - truth.mean()).square().sum();
}

std::vector<CovariateTarget> cohort_targets(const Cohort& cohort, std::size_t most) {
  std::vector<CovariateTarget> targets;
  const std::size_t count = std::min(most, cohort.rows.size());
  const auto n = static_cast<Eigen::Index>(count);
  for (std::size_t j = 0; j < cohort.names.size(); ++j) {
    CovariateTarget target{.name = cohort.names[j], .parameter = j};
    for (std::size_t i = 0; i < count; ++i) target.subjects.push_back(i);
    target.y = cohort.values.col(static_cast<Eigen::Index>(j)).head(n).array().log();
    target.noise = Eigen::VectorXd::Zero(n);
    set_weights(target, 1);
    targets.push_back(std::move(target));
  }
  return targets;
}

CohortTrainer::CohortTrainer(const Design& design, const Cohort& training, const CovariateInputs& inputs,
                             std::size_t tuned, int threads)
    : design_(design),
      training_(training),
      inputs_(inputs),
      all_in_design_(tuned >= training.rows.size()),
      threads_(threads) {}

const RidgeSums& CohortTrainer::sums(const Candidate& candidate) {
  const Key key{static_cast<int>(candidate.trend), candidate.basis};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  constexpr std::size_t groups = 32, block = 4096;  // fixed: rounding must not depend on threads
  const std::size_t people = training_.rows.size();
  std::vector<RidgeSums> parts(groups);
  parallel_for(groups, threads_, [&](std::size_t g) {
    const std::size_t end = (g + 1) * people / groups;
    for (std::size_t first = g * people / groups; first < end; first += block) {
      const std::size_t count = std::min(block, end - first);
      const auto from = training_.rows.begin() + static_cast<std::ptrdiff_t>(first);
      const InputMatrix inputs = inputs_.matrix({from, from + static_cast<std::ptrdiff_t>(count)});
      const Eigen::MatrixXd functions = columns_of(design_, candidate, inputs);
      if (first == g * people / groups) parts[g] = RidgeSums(functions.cols(), training_.values.cols());
      parts[g].add(
          functions,
          training_.values.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count))
              .array()
              .log()
              .matrix());
    }
  });
  for (std::size_t g = 1; g < groups; ++g) parts[0].add(parts[g]);
  return known_[key] = std::move(parts[0]);
}

Eigen::VectorXd CohortTrainer::predict_from_sums(const Choice& choice, std::size_t output,
                                                 const InputMatrix& people) {
  const auto column = static_cast<Eigen::Index>(output);
  const RidgeSums& all = sums(choice.candidate);
  const Eigen::Index free = choice.candidate.trend == Trend::linear ? design_.inputs.trend.cols() : 0;
  const RidgeSums::Fit fit = all.solve(choice.lambda, free);
  const double variance = fit.residual_square(column) / (all.people() - fit.effective_parameters);
  const Eigen::VectorXd mean = columns_of(design_, choice.candidate, people) * fit.coefficients.col(column);
  return (mean.array() + fit.offset(column) + variance / 2).exp();
}

Eigen::MatrixXd CohortTrainer::predict_natural(const JointChoice& choice,
                                               const std::vector<CovariateTarget>& targets,
                                               const InputMatrix& people) {
  const auto start = std::chrono::steady_clock::now();
  Eigen::MatrixXd predictions(people.rows(), static_cast<Eigen::Index>(targets.size()));
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const auto column = static_cast<Eigen::Index>(t);
    if (!all_in_design_) {
      predictions.col(column) = predict_from_sums(choice.outputs[t], t, people);
      continue;
    }
    const OutputModel model = train(design_, choice.outputs[t], targets[t]);
    predictions.col(column) = (predict(design_, model, people).array() + model.variance / 2).exp();
  }
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return predictions;
}

}  // namespace qdose
