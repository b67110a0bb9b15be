#include "qdose/stage2_population/effect_precision.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <limits>

#include "qdose/simulate/lane_memory.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using QDOSE_ISA::load;
using QDOSE_ISA::store;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

double sum_of(const Lanes& lanes_of) {
  double sum = 0;
  for (std::size_t l = 0; l < lanes; ++l) sum += lanes_of[l];
  return sum;
}

}  // namespace

EffectPrecision::EffectPrecision(const PopulationProblem& problem) : places_(problem.layout.correlation) {
  if (places_.empty()) return;
  for (std::size_t p = 0; p < problem.layout.log_omega.size(); ++p)
    if (problem.layout.log_omega[p] != absent) varying_.push_back(p);
  for (const ProblemBatch& batch : problem.batches) {
    groups_.emplace_back();
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
      std::vector<Index> effects;
      for (std::size_t v = 0; v < varying_.size(); ++v)
        if (batch.individual[varying_[v]].v[l] != absent) effects.push_back(static_cast<Index>(v));
      const std::size_t pattern = pattern_of(std::move(effects));
      patterns_[pattern].subjects += 1;
      auto group = std::ranges::find(groups_.back(), pattern, &Group::pattern);
      if (group == groups_.back().end()) group = groups_.back().insert(group, Group{pattern, {}});
      group->mask[l] = 1;
    }
  }
}

std::size_t EffectPrecision::pattern_of(std::vector<Index> effects) {
  const auto found = std::ranges::find(patterns_, effects, &Pattern::effects);
  if (found != patterns_.end()) return static_cast<std::size_t>(found - patterns_.begin());
  patterns_.push_back({std::move(effects), 0, {}, {}});
  return patterns_.size() - 1;
}

double EffectPrecision::set(std::span<const double> x, std::span<double> gradient) {
  const auto order = static_cast<Index>(varying_.size());
  const auto y = x.subspan(places_.front(), places_.size());
  double total = lkj_log_density(y, order, prior_shape, gradient.subspan(places_.front(), places_.size()));
  root_ = correlation_root(y, order);
  const EffectMatrix correlation = root_.lazyProduct(root_.transpose());
  for (Pattern& pattern : patterns_) {
    const auto size = static_cast<Index>(pattern.effects.size());
    const Eigen::LLT<EffectMatrix> factor(correlation(pattern.effects, pattern.effects));
    if (factor.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
    const EffectMatrix inverse = factor.solve(EffectMatrix::Identity(size, size));
    pattern.precision = EffectMatrix::Zero(order, order);
    pattern.precision(pattern.effects, pattern.effects) = inverse;
    total -= pattern.subjects * factor.matrixLLT().diagonal().array().log().sum();
    pattern.products.assign(at(order * (order + 1) / 2), {});
  }
  return total;
}

void EffectPrecision::weigh(std::size_t batch, std::span<const Lanes* const> score,
                            std::span<Lanes* const> pull) {
  for (std::size_t v : varying_) *pull[v] = {};
  for (const Group& group : groups_[batch]) {
    Pattern& pattern = patterns_[group.pattern];
    const Batch mask = load(group.mask);
    std::size_t next = 0;
    for (std::size_t i = 0; i < varying_.size(); ++i) {
      Batch sum{};
      for (std::size_t j = 0; j < varying_.size(); ++j)
        sum += Batch(pattern.precision(static_cast<Index>(i), static_cast<Index>(j))) *
               load(*score[varying_[j]]);
      const Batch own = mask * sum;
      store(*pull[varying_[i]], load(*pull[varying_[i]]) + own);
      for (std::size_t j = 0; j <= i; ++j, ++next)
        store(pattern.products[next], load(pattern.products[next]) + own * load(*pull[varying_[j]]));
    }
  }
}

void EffectPrecision::finish(std::span<const double> x, std::span<double> gradient) const {
  const Index order = root_.rows();
  EffectMatrix by_correlation = EffectMatrix::Zero(order, order);
  for (const Pattern& pattern : patterns_) {
    std::size_t next = 0;
    for (Index i = 0; i < order; ++i)
      for (Index j = 0; j <= i; ++j) {
        const double slope =
            0.5 * (sum_of(pattern.products[next++]) - pattern.subjects * pattern.precision(i, j));
        by_correlation(i, j) += slope;
        if (j < i) by_correlation(j, i) += slope;
      }
  }
  pull_back_correlation(x.subspan(places_.front(), places_.size()), root_, by_correlation,
                        gradient.subspan(places_.front(), places_.size()));
}

}  // namespace qdose
