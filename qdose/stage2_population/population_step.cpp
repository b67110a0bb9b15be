#include "qdose/stage2_population/population_step.hpp"

#include <Eigen/Cholesky>
#include <cmath>

namespace qdose {
namespace {

std::size_t at(std::ptrdiff_t place) { return static_cast<std::size_t>(place); }

/// A draw from a log-concave density by slice sampling with stepping out.
template <class LogDensity>
double slice_draw(double x, double width, LogDensity log_density, Stream& random) {
  const double level = log_density(x) + std::log(random.uniform());
  double low = x - width * random.uniform(), high = low + width;
  while (log_density(low) > level) low -= width;
  while (log_density(high) > level) high += width;
  while (true) {
    const double proposed = low + (high - low) * random.uniform();
    if (log_density(proposed) >= level) return proposed;
    (proposed < x ? low : high) = proposed;
    if (!(high - low > 1e-12)) return x;  // rounding
  }
}

}  // namespace

PopulationStep::PopulationStep(const PopulationProblem& problem) {
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  const auto& effects = problem.structure.model.effects;
  if (!layout.correlation.empty()) return;
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    if (layout.log_omega[p] == absent || layout.typical[p] == absent) continue;
    Varying of;
    of.coefficient = {at(layout.typical[p])};
    of.prior = {priors.typical[p]};
    of.log_omega = at(layout.log_omega[p]);
    of.log_omega_prior = priors.log_omega[p];
    std::vector<std::size_t> acting;
    for (std::size_t e = 0; e < effects.size(); ++e)
      if (effects[e].parameter == p) {
        acting.push_back(e);
        of.coefficient.push_back(layout.beta[e]);
        of.prior.push_back(priors.beta[e]);
      }
    std::vector<double> rows;
    for (const ProblemBatch& batch : problem.batches)
      for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
        if (batch.individual[p].v[l] == absent) continue;
        of.individual.push_back(at(batch.individual[p].v[l]));
        rows.push_back(1.0);
        for (const std::size_t e : acting) rows.push_back(batch.inputs[e][l]);
      }
    if (of.individual.empty()) continue;
    using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    of.inputs = Eigen::Map<const Rows>(rows.data(), static_cast<Eigen::Index>(of.individual.size()),
                                       static_cast<Eigen::Index>(of.coefficient.size()));
    of.squares = of.inputs.transpose() * of.inputs;
    varying_.push_back(std::move(of));
  }
}

void PopulationStep::move(std::span<double> draw, Stream& random) const {
  for (const Varying& of : varying_) move(of, draw, random);
}

void PopulationStep::move(const Varying& of, std::span<double> draw, Stream& random) {
  const Eigen::Index k = of.inputs.cols(), n = of.inputs.rows();
  Eigen::VectorXd phi(n);
  for (Eigen::Index i = 0; i < n; ++i) phi[i] = draw[of.individual[static_cast<std::size_t>(i)]];

  const double per_variance = std::exp(-2 * draw[of.log_omega]);
  Eigen::MatrixXd precision = per_variance * of.squares;
  Eigen::VectorXd pull = per_variance * (of.inputs.transpose() * phi), noise(k);
  for (Eigen::Index c = 0; c < k; ++c) {
    const Normal& prior = of.prior[static_cast<std::size_t>(c)];
    precision(c, c) += 1 / (prior.sd * prior.sd);
    pull[c] += prior.mean / (prior.sd * prior.sd);
    noise[c] = random.normal();
  }
  const Eigen::LLT<Eigen::MatrixXd> root(precision);
  if (root.info() != Eigen::Success) return;
  const Eigen::VectorXd coefficients = root.solve(pull) + root.matrixU().solve(noise);
  if (!coefficients.allFinite()) return;
  for (Eigen::Index c = 0; c < k; ++c) draw[of.coefficient[static_cast<std::size_t>(c)]] = coefficients[c];

  const double squares = (phi - of.inputs * coefficients).squaredNorm(), count = static_cast<double>(n);
  const Normal& prior = of.log_omega_prior;
  const auto log_density = [&](double log_omega) {
    const double z = (log_omega - prior.mean) / prior.sd;
    return -0.5 * z * z - count * log_omega - 0.5 * squares * std::exp(-2 * log_omega);
  };
  draw[of.log_omega] = slice_draw(draw[of.log_omega], 2 / std::sqrt(2 * count), log_density, random);
}

}  // namespace qdose
