#include "qdose/stage2_population/local_population.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index at(std::size_t i) { return static_cast<Index>(i); }

double half_log_determinant(const Eigen::LLT<MatrixXd>& factor) {
  return factor.matrixLLT().diagonal().array().log().sum();
}

MatrixXd positive_part(const MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  return solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).asDiagonal() *
         solver.eigenvectors().transpose();
}

constexpr int most_parameters = 32;  // of a pair of classes: small matrices live on the stack
using SmallMatrix =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most_parameters, most_parameters>;
using SmallVector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most_parameters, 1>;

/// What random effects leave of a subject's likelihood: exp(linear' m - m' precision m / 2 + constant) in the
/// mean m, and the covariance of phi given m.
struct Marginal {
  SmallMatrix precision, covariance;
  SmallVector linear;
  double constant = 0;
};

Marginal integrate(const LocalSubject& subject, const Inclusion& inclusion) {
  const Index n = at(subject.parameter.size());
  SmallVector omega(n);
  for (Index k = 0; k < n; ++k) omega[k] = inclusion.omega[subject.parameter[static_cast<std::size_t>(k)]];
  SmallMatrix inner(n, n);
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i < n; ++i)
      inner(i, j) = omega[i] * subject.precision(i, j) * omega[j] + (i == j ? 1.0 : 0.0);
  const Eigen::LLT<SmallMatrix> factor(inner);
  SmallMatrix root = SmallMatrix::Zero(n, n);  // L^-1 times omega: covariance = root' root
  root.diagonal() = omega;
  factor.matrixL().solveInPlace(root);
  Marginal m;
  m.covariance = root.transpose().lazyProduct(root);
  const SmallMatrix gain = subject.precision.lazyProduct(m.covariance);
  m.precision = subject.precision - gain.lazyProduct(subject.precision);
  m.linear = subject.linear - gain.lazyProduct(subject.linear);
  m.constant = 0.5 * (root.lazyProduct(subject.linear)).squaredNorm() -
               factor.matrixLLT().diagonal().array().log().sum();
  return m;
}

/// Calls body(head coordinate, factor) for everything that moves a parameter of a subject.
template <class Body>
void for_each_term(const PopulationModel& model, const LocalSubject& subject, std::size_t parameter,
                   const std::vector<bool>& included, Body body) {
  body(parameter, 1.0);
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    if (included[e] && model.effects[e].parameter == parameter && subject.inputs[e] != 0)
      body(model.parameters.size() + e, subject.inputs[e]);
}

}  // namespace

LocalSubject local_subject(std::vector<std::size_t> parameter, const MatrixXd& curvature,
                           const VectorXd& gradient, const VectorXd& phi, std::vector<double> inputs) {
  LocalSubject subject{std::move(parameter), positive_part(curvature), {}, std::move(inputs)};
  subject.linear = gradient + subject.precision * phi;
  return subject;
}

LocalPopulation::Head LocalPopulation::solve(const Inclusion& inclusion, bool with_covariance) const {
  const PopulationModel& model = structure_->model;
  const std::size_t parameters = model.parameters.size(), size = parameters + model.effects.size();
  MatrixXd precision = MatrixXd::Zero(at(size), at(size));
  VectorXd linear = VectorXd::Zero(at(size));
  Head result;
  const auto add_prior = [&](std::size_t i, const Normal& prior, bool present) {
    const double weight = 1.0 / (prior.sd * prior.sd);
    precision(at(i), at(i)) = present ? weight : 1.0;  // an excluded one stands alone at 0
    if (!present) return;
    linear[at(i)] = weight * prior.mean;
    result.log_evidence += 0.5 * std::log(weight) - 0.5 * weight * prior.mean * prior.mean;
  };
  for (std::size_t p = 0; p < parameters; ++p)
    add_prior(p, structure_->priors.typical[p], !model.parameters[p].fixed);
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    add_prior(parameters + e, structure_->priors.beta[e], inclusion.effects[e]);
  struct Term {
    Index local, head;
    double factor;
  };
  std::vector<Term> terms;
  for (const LocalSubject& subject : subjects_) {
    const Marginal marginal = integrate(subject, inclusion);
    result.log_evidence += marginal.constant;
    terms.clear();
    for (std::size_t a = 0; a < subject.parameter.size(); ++a)
      for_each_term(model, subject, subject.parameter[a], inclusion.effects, [&](std::size_t i, double x) {
        terms.push_back({at(a), at(i), x});
      });
    for (const Term& t : terms) {
      linear[t.head] += t.factor * marginal.linear[t.local];
      for (const Term& u : terms)
        if (u.head <= t.head)
          precision(t.head, u.head) += t.factor * u.factor * marginal.precision(t.local, u.local);
    }
  }
  const Eigen::LLT<MatrixXd> factor(precision);  // reads the lower triangle only
  result.mean = factor.solve(linear);
  result.log_evidence += 0.5 * linear.dot(result.mean) - half_log_determinant(factor);
  if (!with_covariance) return result;
  result.covariance = factor.solve(MatrixXd::Identity(at(size), at(size)));
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    if (!inclusion.effects[e]) result.covariance(at(parameters + e), at(parameters + e)) = 0;
  return result;
}

LocalPopulation::Head LocalPopulation::head(const Inclusion& inclusion) const {
  return solve(inclusion, true);
}

VectorXd LocalPopulation::expected(std::size_t subject, const VectorXd& head) const {
  const LocalSubject& own = subjects_[subject];
  const std::vector<bool> all(structure_->model.effects.size(), true);
  VectorXd mean = VectorXd::Zero(at(own.parameter.size()));
  for (std::size_t a = 0; a < own.parameter.size(); ++a)
    for_each_term(structure_->model, own, own.parameter[a], all,
                  [&](std::size_t i, double x) { mean[at(a)] += x * head[at(i)]; });
  return mean;
}

VectorXd LocalPopulation::individual(std::size_t subject, const Inclusion& inclusion, const VectorXd& head,
                                     double spread, Stream& random) const {
  const LocalSubject& own = subjects_[subject];
  const Marginal marginal = integrate(own, inclusion);
  const VectorXd mean = expected(subject, head);
  VectorXd phi = mean + marginal.covariance.lazyProduct(own.linear - own.precision.lazyProduct(mean));
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(
      marginal.covariance);  // singular where a parameter does not vary
  VectorXd z(phi.size());
  for (double& v : z) v = random.normal();
  return phi +
         spread * (solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().cwiseProduct(z));
}

double LocalPopulation::effective_parameters(const Inclusion& inclusion) const {
  double sum = 0;
  for (const LocalSubject& subject : subjects_)
    sum += subject.precision.cwiseProduct(integrate(subject, inclusion).covariance).sum();
  return sum;
}

VariabilityProfile profile_variability(const LocalPopulation& population, Inclusion inclusion,
                                       std::size_t parameter) {
  constexpr int points = 13;
  constexpr double widest = 3.0;  // prior standard deviations
  const Normal prior = population.structure().priors.log_omega[parameter];
  VariabilityProfile profile;
  inclusion.omega[parameter] = 0;
  profile.log_evidence_none = population.log_evidence(inclusion);
  std::vector<double> log_omega, log_weight;
  for (int i = 0; i < points; ++i) {
    const double z = widest * (2.0 * i / (points - 1) - 1.0);
    log_omega.push_back(prior.mean + prior.sd * z);
    inclusion.omega[parameter] = std::exp(log_omega.back());
    log_weight.push_back(population.log_evidence(inclusion) - 0.5 * z * z);
  }
  const auto best = std::max_element(log_weight.begin(), log_weight.end());
  double sum = 0, prior_sum = 0;
  for (int i = 0; i < points; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double z = (log_omega[k] - prior.mean) / prior.sd;
    sum += std::exp(log_weight[k] - *best);
    prior_sum += std::exp(-0.5 * z * z);
  }
  profile.log_evidence = *best + std::log(sum / prior_sum);
  profile.omega = std::exp(log_omega[static_cast<std::size_t>(best - log_weight.begin())]);
  double passed = 0;
  for (std::size_t k = 0; k < log_omega.size(); ++k) {
    passed += std::exp(log_weight[k] - *best) / sum;
    profile.upper = std::exp(log_omega[k]);
    if (passed >= 0.95) break;
  }
  return profile;
}

}  // namespace qdose
