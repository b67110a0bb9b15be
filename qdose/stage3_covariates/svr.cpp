#include "qdose/stage3_covariates/svr.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace qdose {
namespace {

/// The pair along which the objective falls fastest when `up` grows and `down` shrinks by as much.
struct Pair {
  Eigen::Index up = 0, down = 0;
  double slope_up = std::numeric_limits<double>::infinity();     ///< least slope of growing
  double slope_down = -std::numeric_limits<double>::infinity();  ///< largest slope given back by shrinking
};

Pair most_violating(const Eigen::VectorXd& gradient, const Eigen::VectorXd& b, const SvrSettings& settings) {
  Pair pair;
  for (Eigen::Index i = 0; i < b.size(); ++i) {
    const double growing = gradient(i) + (b(i) >= 0 ? settings.epsilon : -settings.epsilon);
    const double shrinking = gradient(i) + (b(i) > 0 ? settings.epsilon : -settings.epsilon);
    if (b(i) < settings.C && growing < pair.slope_up) pair.slope_up = growing, pair.up = i;
    if (b(i) > -settings.C && shrinking > pair.slope_down) pair.slope_down = shrinking, pair.down = i;
  }
  return pair;
}

/// The step t >= 0 that minimises curvature/2 t^2 + (gu - gd) t + epsilon (|bu + t| + |bd - t|), at most
/// `limit`. The slope rises where a coefficient passes zero, so that at most three pieces are searched in
/// order.
double best_step(double curvature, double gu, double gd, double bu, double bd, double epsilon, double limit) {
  std::array<double, 4> edges{0, limit, limit, limit};
  if (bu < 0) edges[1] = std::min(limit, -bu);
  if (bd > 0) edges[2] = std::min(limit, bd);
  std::sort(edges.begin(), edges.end());
  for (std::size_t piece = 0; piece + 1 < edges.size(); ++piece) {
    const double middle = 0.5 * (edges[piece] + edges[piece + 1]);
    const double slope =
        gu - gd + epsilon * (bu + middle > 0 ? 1 : -1) - epsilon * (bd - middle > 0 ? 1 : -1);
    const double stationary = -slope / std::max(curvature, 1e-12);
    if (stationary <= edges[piece + 1]) return std::max(stationary, edges[piece]);
  }
  return limit;
}

}  // namespace

SvrModel train_svr(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y, const SvrSettings& settings) {
  SvrModel model{Eigen::VectorXd::Zero(y.size()), 0, false};
  Eigen::VectorXd& b = model.coefficients;
  Eigen::VectorXd gradient = -y;  // of the smooth part: K b - y
  for (long step = 0; step < settings.steps; ++step) {
    const auto [up, down, slope_up, slope_down] = most_violating(gradient, b, settings);
    model.offset = -0.5 * (slope_up + slope_down);
    model.converged = slope_down - slope_up < settings.tolerance;
    if (model.converged) break;
    const double curvature = gram(up, up) + gram(down, down) - 2 * gram(up, down);
    const double limit = std::min(settings.C - b(up), b(down) + settings.C);
    const double t =
        best_step(curvature, gradient(up), gradient(down), b(up), b(down), settings.epsilon, limit);
    b(up) += t, b(down) -= t;
    gradient += t * (gram.col(up) - gram.col(down));
  }
  return model;
}

}  // namespace qdose
