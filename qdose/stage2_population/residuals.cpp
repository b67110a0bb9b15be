#include "qdose/stage2_population/residuals.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/diagnostics.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

ErrorModel mean_error(const Posterior& posterior, bool pk) {
  ErrorModel mean{0, 0, false};
  const double n = static_cast<double>(posterior.size());
  for (std::size_t k = 0; k < posterior.size(); ++k) {
    const ErrorModel error = pk ? posterior.pk_error(k) : posterior.pd_error(k);
    mean.proportional += error.proportional / n;
    mean.additive += error.additive / n;
    mean.log_scale = error.log_scale;
  }
  return mean;
}

/// A value below its limit, and replicates below it, at random places among the replicates under that limit.
void spread_censored(const std::vector<Observation>& observations, Stream& random,
                     std::vector<double>& observed, MatrixXd& simulated) {
  for (std::size_t k = 0; k < observations.size(); ++k) {
    const Observation& o = observations[k];
    if (!(o.limit > 0)) continue;
    if (o.below_limit) observed[k] = o.limit * random.uniform();
    for (Index r = 0; r < simulated.rows(); ++r) {
      double& y = simulated(r, static_cast<Index>(k));
      if (y < o.limit) y = o.limit * random.uniform();
    }
  }
}

}  // namespace

double weighted_residual(const Observation& o, double prediction, const ErrorModel& error, Stream& random) {
  if (!(error.sd(prediction) > 0)) return 0;
  if (!o.below_limit) return error.residual(o.value, prediction);
  constexpr double farthest = -8;  // beyond, the distribution function has no digits left
  const double limit = std::max(error.residual(o.limit, prediction), farthest);
  return normal_quantile(std::max(random.uniform(), 1e-12) * std::exp(log_normal_cdf(limit)));
}

std::vector<double> prediction_errors(std::span<const double> observed, const MatrixXd& simulated) {
  const Index replicates = simulated.rows(), n = simulated.cols();
  const double others = static_cast<double>(replicates - 1);
  const VectorXd mean = simulated.colwise().mean();
  const MatrixXd centred = simulated.rowwise() - mean.transpose();
  // lazyProduct: a parallel product costs more in waiting than these few sums, and its order depends on
  // threads.
  MatrixXd covariance = centred.transpose().lazyProduct(centred) / others;
  covariance.diagonal() *= 1.0 + 1e-9;
  covariance.diagonal().array() += 1e-300;
  const Eigen::LLT<MatrixXd> factor(covariance);
  const VectorXd own = factor.matrixL().solve(Eigen::Map<const VectorXd>(observed.data(), n) - mean);
  const MatrixXd white = factor.matrixL().solve(MatrixXd(centred.transpose()));
  // Each row is the residual of a regression on the rows before it, which the replicates took part in and the
  // observation did not: 1 - leverage is what a replicate's residual lacks.
  VectorXd lacks = VectorXd::Constant(replicates, 1.0 - 1.0 / static_cast<double>(replicates));
  std::vector<double> scores;
  for (Index k = 0; k < n; ++k) {
    const Eigen::ArrayXd theirs = white.row(k).transpose(), mine = own[k] * lacks.array();
    const auto below = (theirs < mine).count(), equal = (theirs == mine).count();  // before a first dose: all
    scores.push_back(normal_quantile((static_cast<double>(below) + 0.5 * static_cast<double>(equal) + 0.5) /
                                     (others + 2)));
    lacks = (lacks - white.row(k).transpose().cwiseAbs2() / others).cwiseMax(0.0);
  }
  return scores;
}

void add_residuals(const Posterior& posterior, const std::vector<Replicate>& simulated, std::uint64_t seed,
                   bool pk, int threads, std::vector<IndividualFit>& fits) {
  const ErrorModel error = mean_error(posterior, pk);
  const auto role = pk ? &Replicate::pk : &Replicate::pd;
  const auto& subjects = posterior.trial().subjects;
  std::vector<std::size_t> subject_of;  // of each fit
  for (std::size_t s = 0; s < subjects.size() && subject_of.size() < fits.size(); ++s)
    if (subjects[s].id == fits[subject_of.size()].id) subject_of.push_back(s);
  parallel_for(subject_of.size(), threads, [&](std::size_t i) {
    const std::size_t s = subject_of[i];
    IndividualFit& fit = fits[i];
    std::vector<double> observed = fit.observed;
    MatrixXd replicated(static_cast<Index>(simulated.size()), static_cast<Index>(observed.size()));
    for (std::size_t r = 0; r < simulated.size(); ++r)
      for (std::size_t k = 0; k < observed.size(); ++k)
        replicated(static_cast<Index>(r), static_cast<Index>(k)) = (simulated[r].*role)[s][k];
    Stream random(seed, Purpose::posterior_check, s, pk ? 0xffff0001u : 0xffff0002u);
    const std::vector<Observation>& values = pk ? subjects[s].concentrations : subjects[s].responses;
    spread_censored(values, random, observed, replicated);
    fit.npde = prediction_errors(observed, replicated);
    fit.iwres.clear();
    for (std::size_t k = 0; k < observed.size(); ++k)
      fit.iwres.push_back(weighted_residual(values[k], fit.individual[k], error, random));
  });
}

}  // namespace qdose
