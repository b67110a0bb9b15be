#include "qdose/simulate/trial_trajectories.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/priors.hpp"
#include "qdose/simulate/wide_prior.hpp"

namespace qdose {
namespace {

using QDOSE_ISA::load;
using QDOSE_ISA::store;

/// How one or more subjects were dosed, with the plans of it: for most classes, and for those whose
/// concentration bends between events.
struct Dosing {
  std::vector<Dose> doses;
  BatchPlan smooth, bent;
  std::vector<Lanes> shown;  ///< dose channel, [times]
};

bool same_doses(const std::vector<Dose>& a, const std::vector<Dose>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Dose& x, const Dose& y) {
    return x.time == y.time && x.amount == y.amount && x.duration == y.duration;
  });
}

std::vector<double> union_of_times(const Trial& trial, Role role) {
  std::vector<double> times;
  for (const Subject& s : trial.subjects) {
    for (const Observation& o : role == Role::pk ? s.concentrations : s.responses) times.push_back(o.time);
    if (role == Role::pk)
      for (const Dose& d : s.doses) times.push_back(d.time);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

class TrialTrajectories final : public TrajectorySource {
 public:
  TrialTrajectories(const Trial& trial, const ItemAddress& address)
      : address_(address), scales_(trial_scales(trial)), times_(union_of_times(trial, address.role)) {
    for (const Subject& s : trial.subjects) {
      if (s.doses.empty()) continue;
      auto known = std::find_if(dosings_.begin(), dosings_.end(),
                                [&](const Dosing& d) { return same_doses(d.doses, s.doses); });
      if (known == dosings_.end()) known = dosings_.insert(known, make_dosing(s.doses));
      dosing_of_subject_.push_back(static_cast<std::size_t>(known - dosings_.begin()));
    }
  }

  Role role() const override { return address_.role; }
  std::span<const double> times() const override { return times_; }

  void make(std::uint64_t first_item, std::size_t count, TrajectoryBlock& block) const override {
    block.resize(count, times_.size(), ParameterColumns::of(role()).symbols.size());
    const std::size_t pds = role() == Role::pd ? pd_models().size() : 1;
    std::vector<std::size_t> keys(count);
    for (std::size_t i = 0; i < count; ++i) {
      Stream random = address_.stream(first_item + i, Draw::classes);
      const std::size_t pk = random.below(static_cast<std::uint32_t>(pk_models().size()));
      const std::size_t pd = random.below(static_cast<std::uint32_t>(pds));
      const std::size_t subject = random.below(static_cast<std::uint32_t>(dosing_of_subject_.size()));
      keys[i] = (dosing_of_subject_[subject] * pk_models().size() + pk) * pds + pd;
    }
    in_groups(keys, dosings_.size() * pk_models().size() * pds, [&](std::span<const std::size_t> items) {
      const std::size_t key = keys[items[0]];
      simulate(first_item, items, dosings_[key / pds / pk_models().size()],
               pk_models()[key / pds % pk_models().size()], pd_models()[key % pds], block);
    });
  }

 private:
  Dosing make_dosing(const std::vector<Dose>& doses) const {
    Dosing dosing{doses, {}, {}, std::vector<Lanes>(times_.size())};
    Schedule s{doses, {}, {}};
    (role() == Role::pk ? s.pk_times : s.pd_times) = times_;
    const std::vector<Schedule> all(lanes, s);
    const auto plan_for = [&](bool bends) {
      for (const ModelInfo& m : pk_models())
        if ((m.has_lag || m.has_infusion) == bends)
          return make_plan(all, resolution_for(all, m.about.id), role() == Role::pd);
      return BatchPlan{};
    };
    dosing.smooth = plan_for(false);
    dosing.bent = plan_for(true);
    for (const Dose& d : doses) {
      const auto place = std::lower_bound(times_.begin(), times_.end(), d.time) - times_.begin();
      if (static_cast<std::size_t>(place) < times_.size() &&
          times_[static_cast<std::size_t>(place)] == d.time)
        for (double& shown : dosing.shown[static_cast<std::size_t>(place)].v) shown += d.amount;
    }
    return dosing;
  }

  /// One population a trajectory: its individual and its errors.
  struct Individuals {
    std::vector<Lanes> parameters;
    Batch proportional{0.0}, additive{0.0};
  };
  Individuals draw(std::uint64_t first_item, std::span<const std::size_t> items,
                   const ModelInfo& model) const {
    Individuals all{std::vector<Lanes>(model.parameters.size())};
    for (std::size_t l = 0; l < lanes; ++l) {
      const std::uint64_t item = first_item + items[l < items.size() ? l : 0];
      Stream random =
          address_.stream(item, model.role == Role::pk ? Draw::pk_parameters : Draw::pd_parameters);
      const Individual one = draw_individual(model, scales_, random);
      for (std::size_t p = 0; p < all.parameters.size(); ++p) all.parameters[p].v[l] = one.parameters[p];
      all.proportional.set_lane(l, one.proportional);
      all.additive.set_lane(l, one.additive);
    }
    return all;
  }

  void simulate(std::uint64_t first_item, std::span<const std::size_t> items, const Dosing& dosing,
                const ModelInfo& pk, const ModelInfo& pd, TrajectoryBlock& block) const {
    thread_local Workspace workspace;
    const BatchPlan& plan = pk.has_lag || pk.has_infusion ? dosing.bent : dosing.smooth;
    const Individuals drug = draw(first_item, items, pk);
    std::vector<Lanes> C(plan.pk.points.size()), noisy(times_.size());
    pk_kernels(pk.about.id).concentrations(plan.pk, drug.parameters.data(), workspace, C.data());
    LaneStream random = address_.lane_stream(first_item, items, Draw::errors);
    if (role() == Role::pk) {
      for (std::size_t k = 0; k < times_.size(); ++k)
        store(noisy[k], with_error(load(C[k]), drug.proportional, drug.additive, random));
      block.put(items, dosing.shown.data(), noisy.data(), C.data());
      block.put_parameters(items, pk, drug.parameters.data());
      return;
    }
    const Individuals effect = draw(first_item, items, pd);
    std::vector<Lanes> R(times_.size()), input(times_.size());
    pd_kernels(pd.about.id).responses(plan.pd, effect.parameters.data(), C.data(), workspace, R.data());
    for (std::size_t k = 0; k < times_.size(); ++k) {
      const Lanes& here = C[static_cast<std::size_t>(plan.pd.responses[k].point)];
      store(input[k], with_error(load(here), drug.proportional, drug.additive, random));
      store(noisy[k], with_error(load(R[k]), effect.proportional, effect.additive, random));
    }
    block.put(items, input.data(), noisy.data(), R.data());
    block.put_parameters(items, pd, effect.parameters.data());
  }

  ItemAddress address_;
  TrialScales scales_;
  std::vector<double> times_;
  std::vector<Dosing> dosings_;
  std::vector<std::size_t> dosing_of_subject_;
};

}  // namespace

Result<std::unique_ptr<TrajectorySource>> make_trial_trajectories(const Trial& trial, Role role,
                                                                  std::uint64_t seed, Purpose purpose) {
  const auto some = [&](auto has) { return std::ranges::any_of(trial.subjects, has); };
  if (!some([](const Subject& s) { return !s.doses.empty(); }))
    return Error{Fault::bad_input, "nobody is dosed", trial.name, "trajectories are those of dosed subjects"};
  if (!some([&](const Subject& s) { return !(role == Role::pk ? s.concentrations : s.responses).empty(); }))
    return Error{Fault::bad_input, "there are no values to take times from", trial.name,
                 role == Role::pk ? "concentrations have DVID 1" : "biomarker values have DVID 2"};
  return std::unique_ptr<TrajectorySource>(
      std::make_unique<TrialTrajectories>(trial, ItemAddress{seed, purpose, role}));
}

}  // namespace qdose
