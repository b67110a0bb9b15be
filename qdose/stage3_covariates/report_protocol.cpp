#include "qdose/stage3_covariates/report_protocol.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <numeric>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage3_covariates/basis.hpp"
#include "qdose/stage3_covariates/cohort_scores.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/primal.hpp"
#include "qdose/stage3_covariates/svr_many.hpp"

namespace qdose {
namespace {

constexpr std::size_t cap_people = 200000;

Circuit report_circuit() { return build_feature_map("report", {2, 1, true}).value(); }

Eigen::MatrixXd functions_of(const Eigen::MatrixXd& unit_inputs) {
  return density_functions(states_at(report_circuit(), 1, unit_inputs));
}

/// Predictions of standardised outputs.
Eigen::MatrixXd standardised(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                             const Eigen::MatrixXd& people) {
  Eigen::MatrixXd out(people.rows(), y.cols());
  if (x.rows() > 1000) {
    const SvrManyModel svr = train_svr(functions_of(x).cast<float>(), y.cast<float>(), {.gap = 1e-3});
    return (functions_of(people) * svr.coefficients.cast<double>()).rowwise() + svr.offset.cast<double>();
  }
  const Kernel kernel = quantum_kernel(report_circuit(), 1);
  const Eigen::MatrixXd gram = kernel(x, x), cross = kernel(people, x);
  for (Eigen::Index j = 0; j < y.cols(); ++j) {
    const SvrModel svr = train_svr(gram, Eigen::VectorXd(y.col(j)));
    out.col(j) = (cross * svr.coefficients).array() + svr.offset;
  }
  return out;
}

double mean_r2(const Eigen::MatrixXd& truth, const Eigen::MatrixXd& predictions) {
  double sum = 0;
  for (Eigen::Index j = 0; j < truth.cols(); ++j) sum += plain_r2(truth.col(j), predictions.col(j));
  return sum / static_cast<double>(truth.cols());
}

double span_cap(std::uint64_t seed, int threads) {
  const Cohort training = report_cohort(cap_people, seed, Purpose::training),
               test = report_cohort(cap_people, seed, Purpose::test);
  const CovariateInputs inputs(training.covariates, training.rows, InputScale::raw);
  using RowMajor = RidgeSums::RowMajor;
  const RowMajor x = inputs.matrix(training.rows).unit * std::numbers::pi,
                 z = inputs.matrix(test.rows).unit * std::numbers::pi;
  const Circuit circuit = report_circuit();
  const auto span = [](const RowMajor& m) {
    return std::span<const double>(m.data(), static_cast<std::size_t>(m.size()));
  };
  const PrimalFit fit = fit_primal(circuit, span(x), training.values, 0, threads);
  return mean_r2(test.values, predict_primal(circuit, span(z), fit.fit, threads));
}

double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

Eigen::MatrixXd predict_as_report(const Cohort& training, const Cohort& test) {
  const CovariateInputs inputs(training.covariates, training.rows, InputScale::raw);
  const Eigen::RowVectorXd mean = training.values.colwise().mean();
  const Eigen::MatrixXd centred = training.values.rowwise() - mean;
  const Eigen::RowVectorXd sd =
      (centred.colwise().squaredNorm() / static_cast<double>(centred.rows())).cwiseSqrt();
  const Eigen::MatrixXd y = centred * sd.cwiseInverse().asDiagonal();
  const Eigen::MatrixXd z = standardised(inputs.matrix(training.rows).unit, y, inputs.matrix(test.rows).unit);
  return (z * sd.asDiagonal()).rowwise() + mean;
}

Result<KernelProtocol> run_report_protocol(int subjects, int test, int seeds, std::uint64_t seed, int threads,
                                           Progress& progress) {
  KernelProtocol result{.seeds = seeds, .subjects = subjects, .test = test};
  const auto count = static_cast<std::size_t>(seeds);
  std::vector<double> rmse(count);
  result.r2.resize(count);
  progress.begin("cohorts", count);
  std::atomic<std::size_t> done = 0;
  parallel_for(count, threads, [&](std::size_t k) {
    if (interrupted()) return;
    const Cohort training = report_cohort(static_cast<std::size_t>(subjects), seed + k, Purpose::training);
    const Cohort fresh = report_cohort(static_cast<std::size_t>(test), seed + k, Purpose::test);
    const Eigen::MatrixXd predictions = predict_as_report(training, fresh);
    result.r2[k] = mean_r2(fresh.values, predictions);
    rmse[k] = std::sqrt((fresh.values - predictions).array().square().mean());
    ++done;
  });
  progress.update(done);
  progress.end();
  if (interrupted()) return Error{Fault::numerical, "interrupted before the cohorts were done", "", ""};
  std::vector<double> sorted = result.r2;
  std::ranges::sort(sorted);
  const double n = static_cast<double>(seeds);
  result.r2_mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / n;
  for (const double r2 : sorted)
    result.r2_sd += (r2 - result.r2_mean) * (r2 - result.r2_mean) / std::max(n - 1, 1.0);
  result.r2_sd = std::sqrt(result.r2_sd);
  result.r2_q5 = quantile(sorted, 0.05), result.r2_median = quantile(sorted, 0.5);
  result.r2_q95 = quantile(sorted, 0.95);
  result.rmse_mean = std::accumulate(rmse.begin(), rmse.end(), 0.0) / n;
  result.span_cap = span_cap(seed, threads);
  return result;
}

}  // namespace qdose
