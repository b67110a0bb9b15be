#include "qdose/simulate/grid_trajectories.hpp"

#include "qdose/simulate/array_kernels.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/report_design.hpp"

namespace qdose {
namespace {

using QDOSE_ISA::store;

/// Plans and scratch memory of one thread.
struct Bench {
  ReportPkPlan pk;
  ReportPdPlan pd;
  Workspace workspace;
  std::vector<Lanes> parameters = std::vector<Lanes>(16),
                     dose = std::vector<Lanes>(report_times(Role::pk).size()), concentration,
                     response = std::vector<Lanes>(report_times(Role::pd).size()), noisy, noisy_input;

  Bench()
      : concentration(std::max(report_times(Role::pk).size(), pd.points())),
        noisy(report_times(Role::pk).size()),
        noisy_input(report_times(Role::pd).size()) {}
};

Bench& bench_of_thread() {
  thread_local Bench bench;
  return bench;
}

class GridTrajectories final : public TrajectorySource {
 public:
  GridTrajectories(const ItemAddress& address, std::unique_ptr<GridPrior> prior)
      : address_(address), prior_(std::move(prior)) {}

  Role role() const override { return address_.role; }
  std::span<const double> times() const override { return report_times(address_.role); }

  void make(std::uint64_t first_item, std::size_t count, TrajectoryBlock& block) const override {
    block.resize(count, times().size(), ParameterColumns::of(role()).symbols.size());
    std::vector<std::size_t> pk_class(count), pd_class(count);
    for (std::size_t i = 0; i < count; ++i) {
      Stream random = address_.stream(first_item + i, Draw::classes);
      pk_class[i] = random.below(static_cast<std::uint32_t>(pk_models().size()));
      pd_class[i] = random.below(static_cast<std::uint32_t>(pd_models().size()));
    }
    std::vector<double> inputs(role() == Role::pd ? count * report_times(Role::pd).size() : 0);
    Bench& bench = bench_of_thread();
    in_groups(pk_class, pk_models().size(), [&](std::span<const std::size_t> items) {
      simulate_pk(first_item, items, pk_models()[pk_class[items[0]]], bench, block, inputs);
    });
    if (role() == Role::pk) return;
    in_groups(pd_class, pd_models().size(), [&](std::span<const std::size_t> items) {
      simulate_pd(first_item, items, pd_models()[pd_class[items[0]]], bench, block, inputs);
    });
  }

 private:
  void simulate_pk(std::uint64_t first, std::span<const std::size_t> items, const ModelInfo& model,
                   Bench& bench, TrajectoryBlock& block, std::vector<double>& inputs) const {
    LaneStream dose_stream = address_.lane_stream(first, items, Draw::doses);
    const Batch amounts = prior_->amounts(address_, first, items, dose_stream);
    const ReportDoses doses(dose_stream, amounts);
    prior_->draw(address_, first, items, model, bench.parameters.data());
    const bool first_counts = prior_->dose_at_zero() || model.has_lag || model.has_infusion;
    Lanes* C = bench.concentration.data();
    pk_kernels(model.about.id)
        .concentrations(bench.pk.with(doses, first_counts), bench.parameters.data(), bench.workspace, C);
    const std::size_t points = report_times(Role::pk).size();
    for (std::size_t k = 0; k < points; ++k) {  // rounding of sums that cancel; a NaN stays
      const Batch c = Batch::load(C[k].v);
      store(C[k], select(c < Batch(0.0), Batch(0.0), c));
    }
    if (role() == Role::pd) {
      const auto places = pd_places();
      for (std::size_t l = 0; l < items.size(); ++l)
        for (std::size_t k = 0; k < places.size(); ++k)
          inputs[items[l] * places.size() + k] = C[places[k]].v[l];
      return;
    }
    const GridErrors errors = prior_->errors(address_, first, items);
    const NoisyCurve curve = curve_of(C, bench.noisy.data(), errors.pk_proportional, errors.pk_additive);
    array_kernels().add_errors(address_.lanes_at(first, items, Draw::errors), &curve, 1, points);
    for (std::size_t d = 0; d < doses.amounts().size(); ++d)
      bench.dose[ReportDoses::places()[d]] = doses.amounts()[d];
    block.put(items, bench.dose.data(), bench.noisy.data(), C);
    block.put_parameters(items, model, bench.parameters.data());
  }

  void simulate_pd(std::uint64_t first, std::span<const std::size_t> items, const ModelInfo& model,
                   Bench& bench, TrajectoryBlock& block, const std::vector<double>& inputs) const {
    const std::size_t points = report_times(Role::pd).size();
    Lanes *C = bench.concentration.data(), *R = bench.response.data();
    for (std::size_t l = 0; l < lanes; ++l)
      for (std::size_t k = 0; k < points; ++k)
        C[k].v[l] = inputs[items[l < items.size() ? l : 0] * points + k];
    bench.pd.interpolate(C);
    prior_->draw(address_, first, items, model, bench.parameters.data());
    pd_kernels(model.about.id).responses(bench.pd.plan(), bench.parameters.data(), C, bench.workspace, R);
    const GridErrors errors = prior_->errors(address_, first, items);
    const NoisyCurve curves[] = {
        curve_of(C, bench.noisy_input.data(), errors.input_proportional, errors.input_additive),
        curve_of(R, bench.noisy.data(), errors.pd_proportional, errors.pd_additive)};
    array_kernels().add_errors(address_.lanes_at(first, items, Draw::errors), curves, 2, points);
    block.put(items, bench.noisy_input.data(), bench.noisy.data(), R);
    block.put_parameters(items, model, bench.parameters.data());
  }

  static NoisyCurve curve_of(const Lanes* exact, Lanes* noisy, const Batch& proportional,
                             const Batch& additive) {
    NoisyCurve curve{exact, noisy, {}, {}};
    store(curve.proportional, proportional);
    store(curve.additive, additive);
    return curve;
  }

  ItemAddress address_;
  std::unique_ptr<GridPrior> prior_;
};

}  // namespace

std::unique_ptr<TrajectorySource> make_grid_trajectories(const ItemAddress& address,
                                                         std::unique_ptr<GridPrior> prior) {
  return std::make_unique<GridTrajectories>(address, std::move(prior));
}

}  // namespace qdose
