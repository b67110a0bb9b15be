#include "qdose/stage2_population/posterior.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {

std::span<const double> Posterior::draw(std::size_t k) const {
  return sample_.chains[k / draws_per_chain()].draws[k % draws_per_chain()];
}

double Posterior::exp_value(std::size_t k, std::ptrdiff_t place) const {
  return place == absent ? 0.0 : std::exp(value(k, place));
}

ErrorModel Posterior::pk_error(std::size_t k) const {
  const Layout& layout = problem_.layout;
  return {exp_value(k, layout.log_pk_proportional), exp_value(k, layout.log_pk_additive),
          model().pk_error == ErrorKind::log_normal};
}

ErrorModel Posterior::pd_error(std::size_t k) const {
  const Layout& layout = problem_.layout;
  return {exp_value(k, layout.log_pd_proportional), exp_value(k, layout.log_pd_additive),
          model().pd_error == ErrorKind::log_normal};
}

PopulationDraw Posterior::population(std::size_t k) const {
  const Layout& layout = problem_.layout;
  PopulationDraw draw;
  for (std::size_t p = 0; p < model().parameters.size(); ++p) {
    const PopulationParameter& parameter = model().parameters[p];
    draw.typical.push_back(parameter.fixed ? to_unbounded(parameter.scale, parameter.value)
                                           : value(k, layout.typical[p]));
    draw.omega.push_back(layout.log_omega[p] == absent ? 0.0 : std::exp(value(k, layout.log_omega[p])));
  }
  for (std::size_t place : layout.beta) draw.beta.push_back(value(k, static_cast<std::ptrdiff_t>(place)));
  const ErrorModel pk = pk_error(k), pd = pd_error(k);
  draw.pk_proportional = pk.proportional;
  draw.pk_additive = pk.additive;
  draw.pd_proportional = pd.proportional;
  draw.pd_additive = pd.additive;
  if (layout.correlation.empty()) return draw;
  const EffectMatrix r = correlation(k);
  for (Eigen::Index i = 1; i < r.rows(); ++i)
    for (Eigen::Index j = 0; j < i; ++j) draw.correlation.push_back(r(i, j));
  return draw;
}

EffectMatrix Posterior::correlation(std::size_t k) const {
  const auto& places = problem_.layout.correlation;
  const auto order = std::ranges::count_if(problem_.layout.log_omega, [](auto p) { return p != absent; });
  const EffectMatrix root = correlation_root(draw(k).subspan(places.front(), places.size()), order);
  return root.lazyProduct(root.transpose());
}

std::vector<double> Posterior::expected(std::size_t k, std::size_t subject) const {
  return covariate_mean(model(), population(k), trial_.subjects[subject].covariates);
}

std::vector<double> Posterior::individual(std::size_t k, std::size_t subject) const {
  Stream random(seed_, Purpose::population, k, static_cast<std::uint32_t>(subject));
  std::vector<double> phi = replicate(k, subject, random);
  if (!problem_.layout.correlation.empty()) condition(k, subject, phi);
  for (std::size_t p = 0; p < phi.size(); ++p)
    if (const std::ptrdiff_t place = problem_.layout.individual[subject][p]; place != absent)
      phi[p] = value(k, place);
  return phi;
}

void Posterior::condition(std::size_t k, std::size_t subject, std::vector<double>& phi) const {
  const Layout& layout = problem_.layout;
  std::vector<std::size_t> parameter;
  std::vector<Eigen::Index> known, unknown;
  for (std::size_t p = 0; p < phi.size(); ++p) {
    if (layout.log_omega[p] == absent) continue;
    (layout.individual[subject][p] != absent ? known : unknown)
        .push_back(static_cast<Eigen::Index>(parameter.size()));
    parameter.push_back(p);
  }
  if (known.empty() || unknown.empty()) return;
  const EffectMatrix r = correlation(k);
  Eigen::VectorXd surprise(static_cast<Eigen::Index>(known.size()));
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::size_t p = parameter[static_cast<std::size_t>(known[i])];
    surprise[static_cast<Eigen::Index>(i)] =
        (value(k, layout.individual[subject][p]) - phi[p]) * std::exp(-value(k, layout.log_omega[p]));
  }
  const Eigen::VectorXd shift =
      r(unknown, known).eval() * Eigen::LLT<EffectMatrix>(r(known, known)).solve(surprise);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const std::size_t p = parameter[static_cast<std::size_t>(unknown[i])];
    phi[p] += std::exp(value(k, layout.log_omega[p])) * shift[static_cast<Eigen::Index>(i)];
  }
}

std::vector<double> Posterior::replicate(std::size_t k, std::size_t subject, Stream& random) const {
  const PopulationDraw population_k = population(k);
  std::vector<double> phi = covariate_mean(model(), population_k, trial_.subjects[subject].covariates);
  std::vector<double> z(phi.size());
  for (double& x : z) x = random.normal();
  correlate(model(), population_k, z);
  for (std::size_t p = 0; p < phi.size(); ++p) phi[p] += population_k.omega[p] * z[p];
  return phi;
}

std::vector<std::size_t> evenly_spaced(std::size_t size, std::size_t wanted) {
  const std::size_t count = std::min(size, wanted);
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back((2 * i + 1) * size / (2 * count));
  return indices;
}

}  // namespace qdose
