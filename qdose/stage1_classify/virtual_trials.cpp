#include "qdose/stage1_classify/virtual_trials.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qdose {
namespace {

bool all_finite(const std::vector<Lanes>& values, std::size_t subjects) {
  for (const Lanes& row : values)
    for (std::size_t l = 0; l < subjects; ++l)
      if (!std::isfinite(row[l])) return false;
  return true;
}

/// Fisher-Yates.
std::vector<std::size_t> shuffled(std::size_t n, Stream stream) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i)
    std::swap(order[i - 1], order[stream.below(static_cast<std::uint32_t>(i))]);
  return order;
}

}  // namespace

void lay_plans(std::span<const Schedule> schedules, const Resolution& resolution, bool with_pd,
               SubjectBlock& block) {
  block.plan = make_plan(schedules, resolution, with_pd);
  if (with_pd) block.own = make_plan(schedules, at_own_times(resolution));
}

DesignBlocks::DesignBlocks(const Trial& design, bool with_pd, std::size_t arrangements, std::uint64_t seed) {
  std::vector<Schedule> schedules;
  for (const Subject& subject : design.subjects) schedules.push_back(schedule_of(subject));
  const Resolution resolution = resolution_for(schedules);
  for (std::size_t a = 0; a < arrangements; ++a) {
    std::vector<std::size_t> order = shuffled(schedules.size(), Stream(seed, Purpose::split, a));
    if (a == 0) std::sort(order.begin(), order.end());
    std::vector<SubjectBlock>& blocks = blocks_.emplace_back();
    for (std::size_t first = 0; first < order.size(); first += lanes) {
      const std::size_t count = std::min(lanes, order.size() - first);
      std::vector<Schedule> own;
      SubjectBlock block;
      for (std::size_t l = 0; l < count; ++l) {
        block.subjects.push_back(order[first + l]);
        own.push_back(schedules[order[first + l]]);
      }
      lay_plans(own, resolution, with_pd, block);
      blocks.push_back(std::move(block));
    }
  }
}

bool simulate_block(const SubjectBlock& block, const ClassParameters& pk, const ClassParameters* pd,
                    SimulationScratch& scratch, BlockValues& values) {
  const BatchPlan& plan = pd != nullptr ? block.plan_for(*pk.model) : block.plan;
  scratch.concentration.resize(plan.pk.points.size());
  pk_kernels(pk.model->about.id)
      .concentrations(plan.pk, pk.values.data(), scratch.workspace, scratch.concentration.data());
  values.pk.assign(scratch.concentration.begin(),
                   scratch.concentration.begin() + static_cast<std::ptrdiff_t>(plan.pk_observations));
  values.pd.clear();
  if (pd != nullptr) {
    values.pd.resize(plan.pd.responses.size());
    pd_kernels(pd->model->about.id)
        .responses(plan.pd, pd->values.data(), scratch.concentration.data(), scratch.workspace,
                   values.pd.data());
  }
  return all_finite(values.pk, plan.subjects) && all_finite(values.pd, plan.subjects);
}

void write_observations(const std::vector<Lanes>& values, std::size_t lane, const ResidualError& error,
                        Stream& stream, std::vector<Observation>& observations) {
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const double y = values[i][lane];
    const double noisy = y * (1 + error.proportional * stream.normal()) + error.additive * stream.normal();
    observations[i].value = std::max(noisy, 0.0);
  }
}

}  // namespace qdose
