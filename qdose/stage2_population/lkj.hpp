// Correlation matrices as a sampler wants them: unconstrained numbers with the prior of Lewandowski,
// Kurowicka and Joe.
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {

/// Matrices of a few random effects live on the stack.
inline constexpr int most_effects = 32;
using EffectMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most_effects, most_effects>;

/// R = L L' of `order` rows from order (order - 1) / 2 numbers y, below the diagonal row by row: tanh y are
/// the canonical partial correlations (Lewandowski, Kurowicka & Joe 2009, "Generating random correlation
/// matrices based on vines and extended onion method", J. Multivariate Analysis 100). Returns L.
EffectMatrix correlation_root(std::span<const double> y, Eigen::Index order);

/// The way back: y of a positive definite correlation matrix.
std::vector<double> unconstrained_correlation(const EffectMatrix& correlation);

/// The log density of y when R has density proportional to det(R)^(shape - 1), up to a constant; writes its
/// slope. shape 1: uniform over matrices; larger: nearer to independence.
double lkj_log_density(std::span<const double> y, Eigen::Index order, double shape, std::span<double> slope);

/// Adds the gradient by y, given that by the entries of R, a symmetric matrix whose every entry counts on its
/// own.
void pull_back_correlation(std::span<const double> y, const EffectMatrix& root,
                           const EffectMatrix& by_correlation, std::span<double> gradient);

/// y of a matrix drawn from that density; 2 shape must be a whole number.
std::vector<double> draw_lkj(Eigen::Index order, double shape, Stream& random);

}  // namespace qdose
