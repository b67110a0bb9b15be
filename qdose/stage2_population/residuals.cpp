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

/// Normal scores of the observed values; `simulated` [replicate][observation].
std::vector<double> npde(const std::vector<double>& observed, const MatrixXd& simulated) {
  const Index replicates = simulated.rows(), n = simulated.cols();
  const VectorXd mean = simulated.colwise().mean();
  const MatrixXd centred = simulated.rowwise() - mean.transpose();
  // lazyProduct: a parallel product costs more in waiting than these few sums, and its order depends on
  // threads.
  MatrixXd covariance = centred.transpose().lazyProduct(centred) / static_cast<double>(replicates - 1);
  covariance.diagonal() *= 1.0 + 1e-9;
  covariance.diagonal().array() += 1e-300;
  const Eigen::LLT<MatrixXd> factor(covariance);
  const VectorXd own = factor.matrixL().solve(Eigen::Map<const VectorXd>(observed.data(), n) - mean);
  const MatrixXd others = factor.matrixL().solve(MatrixXd(centred.transpose()));
  std::vector<double> scores;
  for (Index k = 0; k < n; ++k) {
    const double below = static_cast<double>((others.row(k).array() < own[k]).count());
    const double share = (below + 0.5) / static_cast<double>(replicates + 1);
    scores.push_back(normal_quantile(share));
  }
  return scores;
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
    spread_censored(pk ? subjects[s].concentrations : subjects[s].responses, random, observed, replicated);
    fit.npde = npde(observed, replicated);
    fit.iwres.clear();
    for (std::size_t k = 0; k < observed.size(); ++k)
      fit.iwres.push_back(error.sd(fit.individual[k]) > 0 ? error.residual(observed[k], fit.individual[k])
                                                          : 0.0);
  });
}

}  // namespace qdose
