#include "qdose/stage2_population/laplace.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/base/expects.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/stage2_population/residual_error.hpp"

namespace qdose {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// State of the fit of one role: data, population values, individual modes and curvatures.
class RoleFit {
 public:
  RoleFit(const ModelInfo& model, std::vector<RoleBatch> batches)
      : model_(model), batches_(std::move(batches)), n_(model.parameters.size()) {
    for (RoleBatch& b : batches_) subjects_ += b.subject.size();
    guess_scale();
  }

  /// Log likelihood when every subject has the typical values; -infinity where arithmetic fails.
  double pooled(const Vector& phi, Vector* gradient) {
    double total = 0;
    if (gradient) gradient->setZero(static_cast<Eigen::Index>(n_));
    for (RoleBatch& batch : batches_) {
      std::vector<Lanes> x(n_), g;
      for (std::size_t i = 0; i < n_; ++i) x[i] = all_lanes(phi[static_cast<Eigen::Index>(i)]);
      if (gradient) g.assign(n_, {});
      const Lanes ll = log_likelihood(model_, batch, x, residual_, workspace_, gradient ? &g : nullptr);
      for (std::size_t l = 0; l < batch.subject.size(); ++l) {
        total += ll.v[l];
        if (gradient)
          for (std::size_t i = 0; i < n_; ++i) (*gradient)[static_cast<Eigen::Index>(i)] += g[i].v[l];
      }
    }
    return std::isfinite(total) ? total : -INFINITY;
  }

  /// Damped Newton ascent of the pooled likelihood with a weak pull towards the start; returns the value
  /// reached.
  double refine_pooled(Vector& phi) {
    const Vector start = phi;
    const double pull = 0.5;  // precision of log parameters around the start: sd 1.4
    const auto objective = [&](const Vector& x, Vector* g) {
      const double v = pooled(x, g) - 0.5 * pull * (x - start).squaredNorm();
      if (g) *g -= pull * (x - start);
      return v;
    };
    Vector g(n()), up(n());
    double value = objective(phi, &g), damping = 1.0;
    for (int round = 0; round < 25 && std::isfinite(value); ++round) {
      Matrix H(n(), n());
      for (Eigen::Index k = 0; k < n(); ++k) {
        Vector x = phi;
        x[k] += step_;
        objective(x, &up);
        H.col(k) = (g - up) / step_;
      }
      H = 0.5 * (H + H.transpose()).eval();
      bool better = false;
      for (int attempt = 0; attempt < 8 && !better; ++attempt) {
        Matrix damped = H;
        damped.diagonal().array() += damping + 1e-6;
        const Eigen::LLT<Matrix> llt(damped);
        if (llt.info() == Eigen::Success) {
          Vector move = llt.solve(g);
          const double largest = move.cwiseAbs().maxCoeff();
          if (largest > 1.5) move *= 1.5 / largest;
          Vector trial_g(n());
          const Vector x = phi + move;
          const double v = objective(x, &trial_g);
          if (v > value) {
            better = v > value + 1e-3;
            phi = x;
            value = v;
            g = trial_g;
            damping = std::max(damping * 0.2, 1e-6);
            if (!better) return value;
            break;
          }
        }
        damping = damping * 6 + 1e-3;
      }
      if (!better) break;
    }
    return value;
  }

  void start(const Vector& phi) {
    typical_ = phi;
    omega_ = Vector::Constant(n(), 0.4);
    modes_.clear();
    for (const RoleBatch& b : batches_) {
      modes_.emplace_back(n_);
      for (std::size_t i = 0; i < n_; ++i) modes_.back()[i] = all_lanes(phi[static_cast<Eigen::Index>(i)]);
      (void)b;
    }
    curvature_.assign(batches_.size(), std::vector<Matrix>(lanes, Matrix::Identity(n(), n())));
  }

  /// One round: two Newton steps a subject, then population values and residual error. Returns the marginal
  /// likelihood at the values before the update.
  double round() {
    double marginal = 0;
    for (std::size_t b = 0; b < batches_.size(); ++b) {
      newton_step(b);
      marginal += newton_step(b);
    }
    update_population();
    update_residual();
    return marginal;
  }

  LaplaceFit result(const Trial& trial) {
    LaplaceFit fit;
    double marginal = 0;
    for (std::size_t b = 0; b < batches_.size(); ++b) {
      for (int i = 0; i < 3; ++i) newton_step(b);
      marginal += newton_step(b);
    }
    fit.typical.assign(typical_.data(), typical_.data() + n());
    fit.omega.assign(omega_.data(), omega_.data() + n());
    fit.residual = residual_;
    fit.log_likelihood = marginal;
    fit.bic =
        -2 * marginal + (2.0 * static_cast<double>(n_) + 2.0) * std::log(static_cast<double>(subjects_));
    fit.individual.assign(trial.subjects.size(), fit.typical);
    fit.variance.assign(trial.subjects.size(), {});
    for (auto& v : fit.variance)
      for (double w : fit.omega) v.push_back(w * w);
    for (std::size_t b = 0; b < batches_.size(); ++b)
      for (std::size_t l = 0; l < batches_[b].subject.size(); ++l) {
        const Matrix V = covariance(b, l);
        for (std::size_t i = 0; i < n_; ++i) {
          fit.individual[batches_[b].subject[l]][i] = modes_[b][i].v[l];
          fit.variance[batches_[b].subject[l]][i] =
              V(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i));
        }
      }
    return fit;
  }

 private:
  Eigen::Index n() const { return static_cast<Eigen::Index>(n_); }

  /// A residual error to start from: 30%, and a twentieth of the median value.
  void guess_scale() {
    std::vector<double> y;
    for (const RoleBatch& b : batches_)
      for (std::size_t k = 0; k < b.observed.size(); ++k)
        for (std::size_t l = 0; l < b.subject.size(); ++l)
          if (b.present[k].v[l] > 0) y.push_back(std::fabs(b.observed[k].v[l]));  // or its limit
    expects(!y.empty(), "a role has values");
    std::nth_element(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(y.size() / 2), y.end());
    scale_ = std::max(y[y.size() / 2], 1e-12);
    residual_ = {0.3, 0.05 * scale_};
  }

  /// Log posterior of each lane (individual prior included) and, when asked, its gradient.
  Lanes log_posterior(std::size_t b, const std::vector<Lanes>& x, std::vector<Lanes>* gradient) {
    if (gradient) gradient->assign(n_, {});
    Lanes value = log_likelihood(model_, batches_[b], x, residual_, workspace_, gradient);
    for (std::size_t i = 0; i < n_; ++i) {
      const double m = typical_[static_cast<Eigen::Index>(i)], w = omega_[static_cast<Eigen::Index>(i)];
      for (std::size_t l = 0; l < lanes; ++l) {
        const double u = (x[i].v[l] - m) / w;
        value.v[l] -= 0.5 * u * u + std::log(w) + 0.5 * std::log(2 * std::numbers::pi);
        if (gradient) (*gradient)[i].v[l] -= u / w;
      }
    }
    return value;
  }

  /// Curvature by differences, one damped step of every lane; returns the batch's Laplace marginal before the
  /// step.
  double newton_step(std::size_t b) {
    std::vector<Lanes>& x = modes_[b];
    std::vector<Lanes> g, up;
    const Lanes value = log_posterior(b, x, &g);
    std::vector<Matrix> H(lanes, Matrix(n(), n()));
    for (std::size_t k = 0; k < n_; ++k) {
      std::vector<Lanes> y = x;
      for (double& e : y[k].v) e += step_;
      log_posterior(b, y, &up);
      for (std::size_t l = 0; l < lanes; ++l)
        for (std::size_t i = 0; i < n_; ++i)
          H[l](static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = (g[i].v[l] - up[i].v[l]) / step_;
    }
    std::vector<Lanes> move(n_);
    double marginal = 0;
    for (std::size_t l = 0; l < batches_[b].subject.size(); ++l) {
      curvature_[b][l] = positive(0.5 * (H[l] + H[l].transpose()));
      const Eigen::LLT<Matrix> llt(curvature_[b][l]);
      Vector gradient(n());
      for (std::size_t i = 0; i < n_; ++i) gradient[static_cast<Eigen::Index>(i)] = g[i].v[l];
      Vector d = llt.solve(gradient);
      const double largest = d.cwiseAbs().maxCoeff();
      if (!(largest < 1.0)) d *= 1.0 / largest;
      for (std::size_t i = 0; i < n_; ++i) move[i].v[l] = d[static_cast<Eigen::Index>(i)];
      const Matrix L = llt.matrixL();
      marginal += value.v[l] + 0.5 * static_cast<double>(n_) * std::log(2 * std::numbers::pi) -
                  L.diagonal().array().log().sum();
    }
    line_search(b, value, move);
    return marginal;
  }

  void line_search(std::size_t b, const Lanes& value, const std::vector<Lanes>& move) {
    std::vector<Lanes>& x = modes_[b];
    Lanes t = all_lanes(1.0);
    bool done[lanes] = {};
    for (int halving = 0; halving < 6; ++halving) {
      std::vector<Lanes> y = x;
      for (std::size_t i = 0; i < n_; ++i)
        for (std::size_t l = 0; l < lanes; ++l)
          if (!done[l]) y[i].v[l] += t.v[l] * move[i].v[l];
      const Lanes v = log_posterior(b, y, nullptr);
      bool all = true;
      for (std::size_t l = 0; l < batches_[b].subject.size(); ++l) {
        if (done[l]) continue;
        if (std::isfinite(v.v[l]) && v.v[l] >= value.v[l]) {
          done[l] = true;
          for (std::size_t i = 0; i < n_; ++i) x[i].v[l] = y[i].v[l];
        } else {
          t.v[l] *= 0.35;
          all = false;
        }
      }
      if (all) break;
    }
  }

  /// The nearest matrix whose eigenvalues are at least those of the prior's weakest pull.
  Matrix positive(const Matrix& H) const {
    if (!H.allFinite()) return Matrix(omega_.cwiseAbs2().cwiseInverse().asDiagonal());
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(H);
    const double floor = 0.2 / omega_.cwiseAbs2().maxCoeff();
    if (solver.eigenvalues().minCoeff() >= floor) return H;
    return solver.eigenvectors() * solver.eigenvalues().cwiseMax(floor).asDiagonal() *
           solver.eigenvectors().transpose();
  }

  Matrix covariance(std::size_t b, std::size_t l) const {
    return curvature_[b][l].llt().solve(Matrix::Identity(n(), n()));
  }

  void update_population() {
    Vector mean = Vector::Zero(n()), square = Vector::Zero(n());
    for (std::size_t b = 0; b < batches_.size(); ++b)
      for (std::size_t l = 0; l < batches_[b].subject.size(); ++l)
        for (std::size_t i = 0; i < n_; ++i) mean[static_cast<Eigen::Index>(i)] += modes_[b][i].v[l];
    mean /= static_cast<double>(subjects_);
    for (std::size_t b = 0; b < batches_.size(); ++b)
      for (std::size_t l = 0; l < batches_[b].subject.size(); ++l) {
        const Matrix V = covariance(b, l);
        for (std::size_t i = 0; i < n_; ++i) {
          const auto e = static_cast<Eigen::Index>(i);
          const double d = modes_[b][i].v[l] - mean[e];
          square[e] += d * d + V(e, e);
        }
      }
    typical_ = mean;
    // A floor keeps parameters that hardly vary from freezing; a ceiling those that nothing informs from
    // drifting.
    omega_ = (square / static_cast<double>(subjects_)).cwiseSqrt().cwiseMax(0.03).cwiseMin(1.5);
  }

  /// Residual error that maximises the likelihood at the individual fits: a pattern search on log scales.
  void update_residual() {
    std::vector<double> y, f;
    std::vector<bool> below;
    for (std::size_t b = 0; b < batches_.size(); ++b) {
      std::vector<Lanes> predicted;
      log_likelihood(model_, batches_[b], modes_[b], residual_, workspace_, nullptr, &predicted);
      for (std::size_t k = 0; k < batches_[b].observed.size(); ++k)
        for (std::size_t l = 0; l < batches_[b].subject.size(); ++l)
          if (batches_[b].present[k].v[l] > 0) {
            y.push_back(batches_[b].observed[k].v[l]);
            f.push_back(predicted[k].v[l]);
            below.push_back(batches_[b].limit[k].v[l] > 0);
          }
    }
    const auto loss = [&](double log_a, double log_b) {
      const double a2 = std::exp(2 * log_a), b2 = std::exp(2 * log_b);
      double sum = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const double variance = a2 * f[i] * f[i] + b2, e = y[i] - f[i];
        sum +=
            below[i] ? -2 * log_normal_cdf(e / std::sqrt(variance)) : e * e / variance + std::log(variance);
      }
      return sum;
    };
    double a = std::log(residual_.proportional), c = std::log(residual_.additive), best = loss(a, c);
    for (double h = 0.4; h > 0.01; h *= 0.5)
      for (int turn = 0; turn < 3; ++turn)
        for (const auto& [da, dc] : {std::pair{h, 0.0}, {-h, 0.0}, {0.0, h}, {0.0, -h}})
          if (const double v = loss(a + da, c + dc); v < best) {
            best = v;
            a += da;
            c += dc;
          }
    residual_.proportional = std::clamp(std::exp(a), 0.005, 3.0);
    residual_.additive = std::clamp(std::exp(c), 1e-5 * scale_, 10 * scale_);
  }

  static constexpr double step_ = 1e-4;
  const ModelInfo& model_;
  std::vector<RoleBatch> batches_;
  std::size_t n_, subjects_ = 0;
  double scale_ = 1;
  Residual residual_;
  Vector typical_, omega_;
  std::vector<std::vector<Lanes>> modes_;
  std::vector<std::vector<Matrix>> curvature_;
  Workspace workspace_;
};

LaplaceFit fit_role(const Trial& trial, const ModelInfo& model, std::vector<RoleBatch> batches,
                    const std::vector<std::vector<double>>& starts, const LaplaceSettings& settings) {
  RoleFit fit(model, std::move(batches));
  std::vector<std::pair<double, Vector>> ranked;
  for (const auto& s : starts) {
    Vector phi(static_cast<Eigen::Index>(s.size()));
    for (std::size_t i = 0; i < s.size(); ++i)
      phi[static_cast<Eigen::Index>(i)] = to_unbounded(model.parameters[i].scale, s[i]);
    ranked.emplace_back(fit.pooled(phi, nullptr), phi);
  }
  expects(!ranked.empty(), "a fit needs starting values");
  const auto by_value = [](const auto& a, const auto& b) { return a.first > b.first; };
  std::stable_sort(ranked.begin(), ranked.end(), by_value);
  ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(std::max(1, settings.refined_starts))));
  for (auto& [value, phi] : ranked) value = fit.refine_pooled(phi);
  std::stable_sort(ranked.begin(), ranked.end(), by_value);
  fit.start(ranked.front().second);
  double before = -INFINITY;
  bool converged = false;
  for (int round = 0; round < settings.rounds && !converged; ++round) {
    const double marginal = fit.round();
    converged = round > 8 && std::fabs(marginal - before) < 0.05;
    before = marginal;
  }
  LaplaceFit result = fit.result(trial);
  result.converged = converged;
  return result;
}

}  // namespace

LaplaceFit fit_pk_laplace(const Trial& trial, std::string_view pk_class,
                          const std::vector<std::vector<double>>& starts, const LaplaceSettings& settings) {
  return fit_role(trial, *find_model(pk_class), pk_batches(trial, pk_class), starts, settings);
}

LaplaceFit fit_pd_laplace(const Trial& trial, std::string_view pk_class, const LaplaceFit& pk,
                          std::string_view pd_class, const std::vector<std::vector<double>>& starts,
                          const LaplaceSettings& settings) {
  const ModelInfo& model = *find_model(pk_class);
  std::vector<std::vector<double>> natural = pk.individual;
  for (auto& row : natural)
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = to_natural(model.parameters[i].scale, row[i]);
  return fit_role(trial, *find_model(pd_class), pd_batches(trial, pk_class, pd_class, natural), starts,
                  settings);
}

}  // namespace qdose
