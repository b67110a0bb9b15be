#include "qdose/stage2_population/posterior.hpp"

#include <algorithm>
#include <cmath>

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
  return draw;
}

std::vector<double> Posterior::expected(std::size_t k, std::size_t subject) const {
  return covariate_mean(model(), population(k), trial_.subjects[subject].covariates);
}

std::vector<double> Posterior::individual(std::size_t k, std::size_t subject) const {
  Stream random(seed_, Purpose::population, k, static_cast<std::uint32_t>(subject));
  std::vector<double> phi = replicate(k, subject, random);
  for (std::size_t p = 0; p < phi.size(); ++p)
    if (const std::ptrdiff_t place = problem_.layout.individual[subject][p]; place != absent)
      phi[p] = value(k, place);
  return phi;
}

std::vector<double> Posterior::replicate(std::size_t k, std::size_t subject, Stream& random) const {
  std::vector<double> phi = expected(k, subject);
  for (std::size_t p = 0; p < phi.size(); ++p) {
    const double z = random.normal();
    if (const std::ptrdiff_t place = problem_.layout.log_omega[p]; place != absent)
      phi[p] += std::exp(value(k, place)) * z;
  }
  return phi;
}

std::vector<std::size_t> evenly_spaced(std::size_t size, std::size_t wanted) {
  const std::size_t count = std::min(size, wanted);
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back((2 * i + 1) * size / (2 * count));
  return indices;
}

}  // namespace qdose
