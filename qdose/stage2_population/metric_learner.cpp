#include "qdose/stage2_population/metric_learner.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/low_rank_metric.hpp"

namespace qdose {
namespace {

using Eigen::VectorXd;
using Windows = std::vector<std::vector<VectorXd>>;

struct Selected {
  std::vector<VectorXd> positions;
  std::vector<std::size_t> chain;
};

/// About `wanted` positions, evenly spaced over each chain's window.
Selected thinned(const Windows& windows, std::size_t wanted) {
  Selected selected;
  for (std::size_t c = 0; c < windows.size(); ++c) {
    const std::size_t n = windows[c].size();
    const std::size_t share = std::min(n, std::max<std::size_t>(1, wanted / windows.size()));
    for (std::size_t k = 0; k < share; ++k) {
      selected.positions.push_back(windows[c][(2 * k + 1) * n / (2 * share)]);
      selected.chain.push_back(c);
    }
  }
  return selected;
}

VectorXd mean_position(const Windows& windows) {
  VectorXd mean = VectorXd::Zero(windows.front().front().size());
  double count = 0;
  for (const auto& window : windows)
    for (const VectorXd& x : window) {
      mean += x;
      count += 1;
    }
  return mean / count;
}

}  // namespace

double widest_of_head(const Metric& metric, std::size_t head, const Windows& windows) {
  const auto p = static_cast<Eigen::Index>(head);
  VectorXd squares = VectorXd::Zero(p), white;
  double freedom = 0;
  for (const auto& window : windows) {
    VectorXd sum = VectorXd::Zero(p), sum_squares = VectorXd::Zero(p);
    for (const VectorXd& x : window) {
      metric.to_white(x, white);
      sum += white.head(p);
      sum_squares += white.head(p).cwiseAbs2();
    }
    const auto n = static_cast<double>(window.size());
    squares += sum_squares - sum.cwiseAbs2() / n;
    freedom += n - 1;
  }
  return std::sqrt(squares.maxCoeff() / freedom);
}

std::shared_ptr<const Metric> MetricLearner::learn(Density& density, const Windows& windows, int threads) {
  constexpr std::size_t curvature_places = 8, score_places = 1000;
  const Selected selected = thinned(windows, is_arrow() ? curvature_places : score_places);
  if (is_arrow()) return learn_arrow(density, selected.positions, mean_position(windows), threads);
  if (selected.positions.size() < 2 * windows.size()) return nullptr;
  std::vector<VectorXd> scores;
  for (const VectorXd& x : selected.positions) {
    const auto n = static_cast<std::size_t>(x.size());
    scores.emplace_back(x.size());
    density.log_density({x.data(), n}, {scores.back().data(), n});
  }
  gradients_ += static_cast<long>(scores.size());
  return kind_ == MetricKind::low_rank ? low_rank_metric(selected.positions, scores, selected.chain)
                                       : diagonal_metric(selected.positions, scores, selected.chain);
}

std::shared_ptr<const Metric> MetricLearner::learn_arrow(Density& density,
                                                         const std::vector<VectorXd>& places,
                                                         const VectorXd& center, int threads) {
  constexpr double first_scale = 0.1, largest_scale = 3.0;
  const ArrowStructure structure = density.arrow();
  if (scales_.size() == 0) scales_ = VectorXd::Constant(center.size(), first_scale);
  std::vector<ArrowCurvature> curvature(places.size(), ArrowCurvature(structure));
  std::vector<char> good(places.size());
  parallel_for(places.size(), threads, [&](std::size_t i) {
    const auto own = density.clone();
    good[i] = add_curvature(*own, places[i], scales_, curvature[i]);
  });
  std::size_t largest_block = 0;
  for (std::size_t b : structure.blocks) largest_block = std::max(largest_block, b);
  gradients_ += static_cast<long>(2 * places.size() * (structure.head + largest_block));
  ArrowCurvature mean(structure);
  const auto count = static_cast<double>(std::count(good.begin(), good.end(), 1));
  if (count == 0) return nullptr;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (good[i]) mean += curvature[i];
  mean *= 1.0 / count;
  scales_ = conditional_scales(mean, largest_scale);
  return std::make_shared<ArrowMetric>(center, mean);
}

}  // namespace qdose
