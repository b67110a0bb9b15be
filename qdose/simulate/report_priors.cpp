#include "qdose/simulate/report_priors.hpp"

#include <cmath>

#include "qdose/simulate/grid_trajectories.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose {
namespace {

using QDOSE_ISA::store;

class ReportPrior final : public GridPrior {
 public:
  explicit ReportPrior(bool dose_at_zero) : dose_at_zero_(dose_at_zero) {}

  Batch amounts(const ItemAddress&, std::uint64_t, std::span<const std::size_t>,
                LaneStream& stream) const override {
    return stream.uniform(0, 10);
  }

  void draw(const ItemAddress& address, std::uint64_t first_item, std::span<const std::size_t> items,
            const ModelInfo& model, Lanes* parameters) const override {
    LaneStream stream = address.lane_stream(
        first_item, items, model.role == Role::pk ? Draw::pk_parameters : Draw::pd_parameters);
    for (const Parameter& p : model.parameters) {
      Batch x(p.fixed);
      if (!p.is_fixed_in_report()) {
        x = stream.uniform(p.report.low, p.report.high);
        if (p.report.spread > 0) x = x * exp(Batch(p.report.spread) * stream.normal());
      }
      store(*parameters++, x);
    }
  }

  GridErrors errors(const ItemAddress&, std::uint64_t, std::span<const std::size_t>) const override {
    return {0.15, 0.02, 0.10, 0.01, 0.10, 0.05};
  }

  bool dose_at_zero() const override { return dose_at_zero_; }

 private:
  bool dose_at_zero_;
};

}  // namespace

std::vector<double> report_parameters(const ModelInfo& model, Stream& stream) {
  std::vector<double> values;
  for (const Parameter& p : model.parameters) {
    if (p.is_fixed_in_report()) {
      values.push_back(p.fixed);
      continue;
    }
    double x = stream.uniform(p.report.low, p.report.high);
    if (p.report.spread > 0) x *= std::exp(p.report.spread * stream.normal());
    values.push_back(x);
  }
  return values;
}

std::unique_ptr<TrajectorySource> make_report_trajectories(const ReportProblem& problem, std::uint64_t seed,
                                                           Purpose purpose) {
  return make_grid_trajectories({seed, purpose, problem.role},
                                std::make_unique<ReportPrior>(problem.dose_at_zero));
}

ReportTrajectories report_trajectories(const ReportProblem& problem, std::uint64_t seed, Purpose purpose,
                                       std::uint64_t first_item, std::size_t count) {
  TrajectoryBlock block;
  make_report_trajectories(problem, seed, purpose)->make(first_item, count, block);
  ReportTrajectories made{count, block.times, {}, {}, std::move(block.values), std::move(block.exact)};
  made.label.assign(block.label.begin(), block.label.end());
  made.parameters.reserve(count);
  const auto& columns = ParameterColumns::of(problem.role).of_class;
  for (std::size_t i = 0; i < count; ++i) {
    auto& values = made.parameters.emplace_back();
    for (std::size_t column : columns[class_of_label(problem.role, made.label[i])])
      values.push_back(block.parameters[i * block.columns + column]);
  }
  return made;
}

}  // namespace qdose
