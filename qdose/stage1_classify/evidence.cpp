#include "qdose/stage1_classify/evidence.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace qdose {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using Index = Eigen::Index;

constexpr double freedom = 5;  // of the t kernels
constexpr Index centres = 32;
constexpr int most_generations = 14, generations_at_full = 2;
constexpr double even_share = 0.08, even_least = 40;  // effective draws asked of a tempered generation
constexpr int give_up_after = 7;
constexpr double nothing = -1e300;

/// A generation: points [n][d], their ln likelihood and ln(prior / proposal).
struct Generation {
  Matrix x;
  std::vector<double> likelihood, ratio;
  Index size() const { return x.rows(); }
};

/// Normalised weights at a temperature, and how many draws they are worth.
struct Weights {
  std::vector<double> w;
  double effective = 0, log_mean = 0;
};

Weights weigh(const Generation& g, double beta) {
  Weights weights;
  const auto n = static_cast<std::size_t>(g.size());
  weights.w.resize(n);
  double top = nothing, sum = 0, squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double l = g.ratio[i] + beta * g.likelihood[i];
    weights.w[i] = std::isfinite(l) ? l : nothing;
    top = std::max(top, weights.w[i]);
  }
  for (double& w : weights.w) {
    w = top > nothing ? std::exp(w - top) : 1.0;
    sum += w;
    squares += w * w;
  }
  for (double& w : weights.w) w /= sum;
  weights.effective = sum * sum / squares;
  weights.log_mean = top + std::log(sum / static_cast<double>(n));
  return weights;
}

/// The largest temperature in (0, 1] whose weights are even enough.
double temperature(const Generation& g) {
  const double wanted = std::max(even_least, even_share * static_cast<double>(g.size()));
  if (weigh(g, 1).effective >= wanted) return 1;
  double low = 0, high = 1;
  for (int i = 0; i < 24; ++i) {
    const double middle = (low + high) / 2;
    (weigh(g, middle).effective >= wanted ? low : high) = middle;
  }
  return std::max(low, 1e-9);
}

/// `count` rows of a weighted generation, equally weighted (systematic resampling).
Matrix resampled(const Generation& g, const Weights& weights, Index count, Stream& stream) {
  Matrix rows(count, g.x.cols());
  double passed = weights.w[0];
  Index i = 0;
  const double start = stream.uniform();
  for (Index k = 0; k < count; ++k) {
    const double wanted = (start + static_cast<double>(k)) / static_cast<double>(count);
    while (passed < wanted && i + 1 < g.size()) passed += weights.w[static_cast<std::size_t>(++i)];
    rows.row(k) = g.x.row(i);
  }
  return rows;
}

/// Equally weighted t kernels of one shape around points that represent a weighted generation.
class Proposal {
 public:
  Proposal(const Generation& g, const Weights& weights, Stream& stream)
      : centre_(resampled(g, weights, centres, stream)) {
    const Index d = g.x.cols();
    const double n = std::min(weights.effective, 400.0), dd = static_cast<double>(d);
    const double width = 1.1 * std::max(0.15, std::pow(4 / ((dd + 2) * n), 2 / (dd + 4)));
    Vector mean = Vector::Zero(d);
    for (Index i = 0; i < g.size(); ++i)
      mean += weights.w[static_cast<std::size_t>(i)] * g.x.row(i).transpose();
    Matrix spread = 1e-7 * Matrix::Identity(d, d);
    for (Index i = 0; i < g.size(); ++i) {
      const Vector e = g.x.row(i).transpose() - mean;
      spread += weights.w[static_cast<std::size_t>(i)] * width * e * e.transpose();
    }
    spread.diagonal() *= 1.02;
    factor_ = spread.llt().matrixL();
    white_centre_ = factor_.triangularView<Eigen::Lower>().solve(centre_.transpose());
    log_scale_ = std::lgamma((freedom + dd) / 2) - std::lgamma(freedom / 2) -
                 dd / 2 * std::log(freedom * std::numbers::pi) - factor_.diagonal().array().log().sum() -
                 std::log(static_cast<double>(centres));
  }

  void draw(Stream& stream, double* x) const {
    const Index d = centre_.cols(), k = stream.below(static_cast<std::uint32_t>(centres));
    double chi = 0;
    for (int i = 0; i < static_cast<int>(freedom); ++i) {
      const double z = stream.normal();
      chi += z * z;
    }
    Vector z(d);
    for (double& e : z) e = stream.normal() * std::sqrt(freedom / chi);
    Eigen::Map<Vector>(x, d) = centre_.row(k).transpose() + factor_.triangularView<Eigen::Lower>() * z;
  }

  double log_density(const double* x) const {
    const Index d = centre_.cols();
    const Vector white = factor_.triangularView<Eigen::Lower>().solve(Eigen::Map<const Vector>(x, d));
    const Eigen::ArrayXd distance = (white_centre_.colwise() - white).colwise().squaredNorm().array();
    return log_scale_ +
           std::log((-(freedom + static_cast<double>(d)) / 2 * (1 + distance / freedom).log()).exp().sum());
  }

 private:
  Matrix centre_, factor_;
  Eigen::MatrixXd white_centre_;
  double log_scale_ = 0;
};

void evaluate(const Hypothesis& hypothesis, Stream& stream, Generation& g, Evidence& result) {
  const auto n = static_cast<std::size_t>(g.size());
  g.likelihood.assign(n, nothing);
  hypothesis.log_likelihoods(g.x.data(), n, stream, g.likelihood.data());
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(g.likelihood[i])) g.likelihood[i] = nothing;
    if (g.ratio[i] > nothing) result.largest = std::max(result.largest, g.likelihood[i]);
  }
  result.evaluations += n;
}

Generation from_prior(const Hypothesis& hypothesis, std::size_t count, Stream& stream) {
  Generation g;
  g.x.resize(static_cast<Index>(count), static_cast<Index>(hypothesis.size()));
  for (Index i = 0; i < g.size(); ++i) hypothesis.draw(stream, g.x.row(i).data());
  g.ratio.assign(count, 0);
  return g;
}

Generation from_proposal(const Hypothesis& hypothesis, const Proposal& proposal, std::size_t count,
                         Stream& stream) {
  Generation g;
  g.x.resize(static_cast<Index>(count), static_cast<Index>(hypothesis.size()));
  for (Index i = 0; i < g.size(); ++i) {
    double* x = g.x.row(i).data();
    proposal.draw(stream, x);
    const double prior = hypothesis.log_prior(x);
    g.ratio.push_back(prior > nothing ? prior - proposal.log_density(x) : nothing);
  }
  return g;
}

}  // namespace

Evidence estimate_evidence(const Hypothesis& hypothesis, const EvidenceSettings& settings, double best,
                           Stream& stream) {
  Evidence result;
  result.largest = nothing;
  Generation g = from_prior(hypothesis, settings.first, stream);
  evaluate(hypothesis, stream, g, result);
  int at_full = 0;
  for (int generation = 0;; ++generation) {
    if (generation >= give_up_after && result.largest < best - settings.give_up) {
      result.log_value = -INFINITY;
      return result;
    }
    const double beta = generation < most_generations ? temperature(g) : 1;
    if (beta >= 1) ++at_full;
    const bool last = at_full >= generations_at_full;
    g = from_proposal(hypothesis, Proposal(g, weigh(g, beta), stream),
                      last ? settings.last : settings.generation, stream);
    evaluate(hypothesis, stream, g, result);
    if (!last) continue;
    const Weights weights = weigh(g, 1);
    result.log_value = weights.log_mean;
    result.effective = weights.effective;
    result.standard_error =
        std::sqrt(std::max(0.0, 1 / weights.effective - 1 / static_cast<double>(g.size())));
    const Matrix sample = resampled(g, weights, static_cast<Index>(sample_size), stream);
    result.sample.assign(sample.data(), sample.data() + sample.size());
    return result;
  }
}

}  // namespace qdose
