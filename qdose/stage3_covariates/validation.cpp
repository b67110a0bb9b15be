#include "qdose/stage3_covariates/validation.hpp"

#include <algorithm>
#include <numeric>

#include "qdose/base/random.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

using Rows = std::vector<Eigen::Index>;

/// The part of a target that lies in the training folds.
CovariateTarget training_part(const CovariateTarget& target, const Rows& rows) {
  CovariateTarget part{.name = target.name, .parameter = target.parameter};
  for (const Eigen::Index row : rows) part.subjects.push_back(target.subjects[static_cast<std::size_t>(row)]);
  part.y = target.y(rows), part.noise = target.noise(rows), part.weights = target.weights(rows);
  part.weights /= part.weights.mean();
  return part;
}

Eigen::VectorXd predict(const Design& design, const Choice& choice, const CovariateTarget& training,
                        const std::vector<std::size_t>& subjects) {
  const RidgeCoefficients coefficients =
      make_path(design, choice.candidate, training.subjects, training.weights)
          .solve(training.y, choice.lambda);
  const Eigen::MatrixXd trend = trend_columns(choice.candidate.trend, design.inputs);
  Eigen::VectorXd prediction = trend(subjects, Eigen::all) * coefficients.trend;
  if (choice.candidate.basis >= 0)
    prediction +=
        design.bases[static_cast<std::size_t>(choice.candidate.basis)].training(subjects, Eigen::all) *
        coefficients.functions;
  return prediction;
}

/// Rows of a target inside and outside one fold.
struct FoldRows {
  Rows training, held_out;
};

FoldRows rows_of(const CovariateTarget& target, const std::vector<int>& fold_of_subject, int fold) {
  FoldRows rows;
  for (std::size_t k = 0; k < target.subjects.size(); ++k)
    (fold_of_subject[target.subjects[k]] == fold ? rows.held_out : rows.training)
        .push_back(static_cast<Eigen::Index>(k));
  return rows;
}

void run_fold(const Design& design, const Method& method, const std::vector<CovariateTarget>& targets,
              const std::vector<int>& fold_of_subject, int fold, std::vector<OutOfFold>& out) {
  std::vector<FoldRows> rows;
  std::vector<CovariateTarget> training;
  for (const CovariateTarget& target : targets) {
    rows.push_back(rows_of(target, fold_of_subject, fold));
    training.push_back(training_part(target, rows.back().training));
  }
  const JointChoice choice = choose(design, method, training);
  for (std::size_t t = 0; t < targets.size(); ++t) {
    std::vector<std::size_t> subjects;
    for (const Eigen::Index row : rows[t].held_out)
      subjects.push_back(targets[t].subjects[static_cast<std::size_t>(row)]);
    const Eigen::VectorXd truth = targets[t].y(rows[t].held_out);
    out[t].method(rows[t].held_out) = truth - predict(design, choice.outputs[t], training[t], subjects);
    const double mean = training[t].weights.dot(training[t].y) / training[t].weights.sum();
    out[t].mean(rows[t].held_out) = truth.array() - mean;
  }
}

std::vector<OutOfFold> zeros(const std::vector<CovariateTarget>& targets) {
  std::vector<OutOfFold> out;
  for (const CovariateTarget& target : targets)
    out.push_back({Eigen::VectorXd::Zero(target.y.size()), Eigen::VectorXd::Zero(target.y.size())});
  return out;
}

}  // namespace

std::vector<OutOfFold> hold_out(const Design& design, const Method& method,
                                const std::vector<CovariateTarget>& targets,
                                const std::vector<int>& fold_of_subject, int fold) {
  std::vector<OutOfFold> out = zeros(targets);
  run_fold(design, method, targets, fold_of_subject, fold, out);
  return out;
}

std::vector<int> split(std::size_t subjects, int folds, std::uint64_t seed, std::uint64_t item) {
  std::vector<std::size_t> order(subjects);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Stream stream(seed, Purpose::split, item);
  for (std::size_t k = subjects; k > 1; --k)
    std::swap(order[k - 1], order[stream.below(static_cast<std::uint32_t>(k))]);
  std::vector<int> fold(subjects);
  for (std::size_t k = 0; k < subjects; ++k) fold[order[k]] = static_cast<int>(k) % folds;
  return fold;
}

std::vector<OutOfFold> cross_validate(const Design& design, const Method& method,
                                      const std::vector<CovariateTarget>& targets,
                                      const std::vector<int>& fold_of_subject, int threads) {
  std::vector<OutOfFold> out = zeros(targets);
  const int folds = 1 + *std::ranges::max_element(fold_of_subject);
  // Folds write to rows of their own.
  parallel_for(static_cast<std::size_t>(folds), threads, [&](std::size_t fold) {
    run_fold(design, method, targets, fold_of_subject, static_cast<int>(fold), out);
  });
  return out;
}

double r_squared(const OutOfFold& residuals, const Eigen::VectorXd& weights) {
  const double spread = weights.dot(residuals.mean.cwiseAbs2());
  return spread > 0 ? 1 - weights.dot(residuals.method.cwiseAbs2()) / spread : 0;
}

}  // namespace qdose
