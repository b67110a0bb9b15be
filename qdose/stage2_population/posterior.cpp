#include "qdose/stage2_population/posterior.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {

Posterior::Posterior(const PopulationProblem& problem, const Trial& trial, const Sample& sample,
                     std::uint64_t seed)
    : problem_(problem), trial_(trial), sample_(sample), seed_(seed) {
  populations_.reserve(size());
  for (std::size_t k = 0; k < size(); ++k) populations_.push_back(make_population(k));
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    inputs_.emplace_back();
    for (const CovariateEffect& effect : model().effects)
      inputs_.back().push_back(effect_input(model(), effect, trial.subjects[s].covariates));
    bool whole = true;
    for (std::size_t p = 0; p < model().parameters.size(); ++p)
      whole = whole && (problem.layout.individual[s][p] != absent || problem.layout.log_omega[p] == absent);
    seen_whole_.push_back(whole);
  }
}

std::span<const double> Posterior::draw(std::size_t k) const {
  return sample_.chains[k / draws_per_chain()].draws[k % draws_per_chain()];
}

double Posterior::exp_value(std::size_t k, std::ptrdiff_t place) const {
  return place == absent ? 0.0 : std::exp(value(k, place));
}

ErrorModel Posterior::pk_error(std::size_t k) const {
  const PopulationDraw& draw = populations_[k];
  return {draw.pk_proportional, draw.pk_additive, model().pk_error == ErrorKind::log_normal};
}

ErrorModel Posterior::pd_error(std::size_t k) const {
  const PopulationDraw& draw = populations_[k];
  return {draw.pd_proportional, draw.pd_additive, model().pd_error == ErrorKind::log_normal};
}

PopulationDraw Posterior::make_population(std::size_t k) const {
  const Layout& layout = problem_.layout;
  PopulationDraw draw;
  for (std::size_t p = 0; p < model().parameters.size(); ++p) {
    const PopulationParameter& parameter = model().parameters[p];
    draw.typical.push_back(parameter.fixed ? to_unbounded(parameter.scale, parameter.value)
                                           : value(k, layout.typical[p]));
    draw.omega.push_back(layout.log_omega[p] == absent ? 0.0 : std::exp(value(k, layout.log_omega[p])));
  }
  for (std::size_t place : layout.beta) draw.beta.push_back(value(k, static_cast<std::ptrdiff_t>(place)));
  draw.pk_proportional = exp_value(k, layout.log_pk_proportional);
  draw.pk_additive = exp_value(k, layout.log_pk_additive);
  draw.pd_proportional = exp_value(k, layout.log_pd_proportional);
  draw.pd_additive = exp_value(k, layout.log_pd_additive);
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

void Posterior::expected(std::size_t k, std::size_t subject, std::span<double> phi) const {
  const PopulationDraw& draw = populations_[k];
  std::copy(draw.typical.begin(), draw.typical.end(), phi.begin());
  for (std::size_t e = 0; e < draw.beta.size(); ++e)
    phi[model().effects[e].parameter] += draw.beta[e] * inputs_[subject][e];
}

void Posterior::individual(std::size_t k, std::size_t subject, std::span<double> phi) const {
  if (seen_whole_[subject]) {
    expected(k, subject, phi);
  } else {
    Stream random(seed_, Purpose::population, k, static_cast<std::uint32_t>(subject));
    replicate(k, subject, random, phi);
    if (!problem_.layout.correlation.empty()) condition(k, subject, phi);
  }
  const std::span<const double> sampled = draw(k);
  for (std::size_t p = 0; p < phi.size(); ++p)
    if (const std::ptrdiff_t place = problem_.layout.individual[subject][p]; place != absent)
      phi[p] = sampled[static_cast<std::size_t>(place)];
}

void Posterior::condition(std::size_t k, std::size_t subject, std::span<double> phi) const {
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

void Posterior::replicate(std::size_t k, std::size_t subject, Stream& random, std::span<double> phi) const {
  const PopulationDraw& draw = populations_[k];
  expected(k, subject, phi);
  if (draw.correlation.empty()) {
    for (std::size_t p = 0; p < phi.size(); ++p) phi[p] += draw.omega[p] * random.normal();
    return;
  }
  std::vector<double> z(phi.size());
  for (double& x : z) x = random.normal();
  correlate(model(), draw, z);
  for (std::size_t p = 0; p < phi.size(); ++p) phi[p] += draw.omega[p] * z[p];
}

std::vector<std::size_t> evenly_spaced(std::size_t size, std::size_t wanted) {
  const std::size_t count = std::min(size, wanted);
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; ++i) indices.push_back((2 * i + 1) * size / (2 * count));
  return indices;
}

}  // namespace qdose
