#include "qdose/stage3_covariates/svr_many.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

/// The minimiser of C max(0, |r| - epsilon) + rho/2 (r - z)^2.
float shrink(float z, float epsilon, float reach) {
  const float size = std::abs(z), sign = z < 0 ? -1.0f : 1.0f;
  if (size <= epsilon) return z;
  return size <= epsilon + reach ? sign * epsilon : z - sign * reach;
}

/// Coefficients and offset as one column [r + 1]; the offset is not penalised.
class Problem {
 public:
  Problem(const Eigen::MatrixXf& functions, const Eigen::MatrixXf& outputs, const SvrManySettings& settings)
      : f_(functions.rows(), functions.cols() + 1), y_(outputs), settings_(settings) {
    f_ << functions, Eigen::VectorXf::Ones(functions.rows());
    gram_ = Eigen::MatrixXf::Zero(f_.cols(), f_.cols());
    gram_.selfadjointView<Eigen::Lower>().rankUpdate(f_.transpose());
    w_ = Eigen::MatrixXf::Zero(f_.cols(), y_.cols());
    r_ = y_, u_ = Eigen::MatrixXf::Zero(y_.rows(), y_.cols());
  }

  SvrManyModel solve() {
    SvrManyModel model;
    rho_ = static_cast<float>(settings_.C);
    factorise();
    for (model.steps = 1; model.steps <= settings_.steps && !model.converged; ++model.steps) {
      step();
      if (model.steps % 10 != 0) continue;
      measure(model);
      model.converged = (model.gap.array() < settings_.gap).all();
      if (!model.converged && model.steps % 40 == 0) adapt();
    }
    model.coefficients = w_.topRows(f_.cols() - 1), model.offset = w_.bottomRows(1);
    return model;
  }

 private:
  void factorise() {
    Eigen::MatrixXd system = gram_.cast<double>() * static_cast<double>(rho_);
    system.diagonal().head(system.rows() - 1).array() += 1;
    factor_.compute(system);
  }

  void step() {
    constexpr float relaxation = 1.6f;
    const Eigen::MatrixXf right = f_.transpose() * (y_ - r_ - u_) * rho_;
    w_ = factor_.solve(right.cast<double>()).cast<float>();
    fitted_.noalias() = f_ * w_;
    const Eigen::MatrixXf relaxed = relaxation * fitted_ + (1 - relaxation) * (y_ - r_);
    const float epsilon = static_cast<float>(settings_.epsilon),
                reach = static_cast<float>(settings_.C) / rho_;
    const Eigen::MatrixXf before = r_;
    r_ = (y_ - relaxed - u_).unaryExpr([=](float z) { return shrink(z, epsilon, reach); });
    const Eigen::MatrixXf mismatch = relaxed + r_ - y_;
    u_ += mismatch;
    primal_ = (fitted_ + r_ - y_).norm(), dual_ = rho_ * (r_ - before).norm();
  }

  /// Balances the two residuals (Boyd et al. 2011, section 3.4.1, in units of the objective's weights).
  void adapt() {
    const float ratio = primal_ * rho_ / std::max(dual_, 1e-20f);
    if (ratio < 5 && ratio > 0.2f) return;
    const float factor = std::clamp(std::sqrt(ratio), 0.2f, 5.0f);
    rho_ *= factor, u_ /= factor;
    factorise();
  }

  void measure(SvrManyModel& model) const {
    model.objective.resize(y_.cols()), model.gap.resize(y_.cols());
    const Eigen::Index r = f_.cols() - 1;
    const Eigen::MatrixXf beta =
        (-rho_ * u_).cwiseMax(-static_cast<float>(settings_.C)).cwiseMin(static_cast<float>(settings_.C));
    const Eigen::MatrixXf pulled = f_.transpose() * beta;
    for (Eigen::Index q = 0; q < y_.cols(); ++q) {
      double loss = 0, linear = 0;
      for (Eigen::Index i = 0; i < y_.rows(); ++i) {
        loss += std::max(0.0, static_cast<double>(std::abs(y_(i, q) - fitted_(i, q))) - settings_.epsilon);
        linear += static_cast<double>(y_(i, q) * beta(i, q)) -
                  settings_.epsilon * std::abs(static_cast<double>(beta(i, q)));
      }
      const double primal = 0.5 * static_cast<double>(w_.col(q).head(r).squaredNorm()) + settings_.C * loss;
      // The dual asks for sum beta = 0; what is left of it is paid for with the offset.
      const double dual = linear - 0.5 * static_cast<double>(pulled.col(q).head(r).squaredNorm()) -
                          std::abs(static_cast<double>(pulled(r, q) * w_(r, q)));
      model.objective(q) = primal, model.gap(q) = std::abs(primal - dual) / std::max(primal, 1e-30);
    }
  }

  Eigen::MatrixXf f_, y_, gram_, w_, r_, u_, fitted_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  SvrManySettings settings_;
  float rho_ = 1, primal_ = 0, dual_ = 0;
};

}  // namespace

SvrManyModel train_svr(const Eigen::MatrixXf& functions, const Eigen::MatrixXf& outputs,
                       const SvrManySettings& settings) {
  return Problem(functions, outputs, settings).solve();
}

}  // namespace qdose
