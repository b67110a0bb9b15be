#include "qdose/stage1_classify/general_problem.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/parameter_targets.hpp"
#include "qdose/stage1_classify/population.hpp"
#include "qdose/stage1_classify/random_design.hpp"
#include "qdose/stage1_classify/trial_units.hpp"

namespace qdose {
namespace {

constexpr std::size_t full_size = 24, slot_draws = 4000, fewest_kept = 4;
constexpr std::uint64_t slot_seed = 1;  // the outputs' standardisation is the same for all seeds
constexpr std::uint32_t attempts = 16;  // redraws of a trial whose values are not finite
constexpr std::uint32_t pd_sub_item = 64, count_sub_item = 128;

/// One trial and what is true of it.
struct DrawnTrial {
  Trial trial;
  std::size_t label = 0;
  std::vector<std::vector<double>> parameters;  ///< [subjects] unbounded, of the role's class
};

/// Tells the route, or leaves it unknown. A class with a modelled infusion time has its duration told with
/// the route; other intravenous classes are then given as boluses or, but for two compartments, as infusions.
void tell_route(const ModelInfo& pk, double infusion, Stream& stream, Trial& trial) {
  const bool known = stream.uniform() < 0.5, infused = stream.uniform() < 0.3;
  trial.route = Route::unknown;
  if (!known) return;
  if (pk.extravascular)
    trial.route = Route::extravascular;
  else if (pk.has_infusion || (infused && pk.about.id != "pk_2c_iv"))
    trial.route = Route::infusion;
  else
    trial.route = Route::bolus;
  if (trial.route == Route::infusion)
    for (Subject& subject : trial.subjects)
      for (Dose& dose : subject.doses) dose.duration = infusion;
}

/// Leaves out concentrations below a share of the trial's median, but for a few a subject.
void censor(double share, std::vector<Subject>& subjects) {
  std::vector<double> positive;
  for (const Subject& s : subjects)
    for (const Observation& o : s.concentrations)
      if (o.value > 0) positive.push_back(o.value);
  if (share <= 0 || positive.empty()) return;
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  const double limit = share * *middle;
  for (Subject& s : subjects) {
    auto& list = s.concentrations;
    const auto measured = static_cast<std::size_t>(
        std::count_if(list.begin(), list.end(), [&](const Observation& o) { return o.value >= limit; }));
    if (measured >= fewest_kept) std::erase_if(list, [&](const Observation& o) { return o.value < limit; });
  }
}

class GeneralProblem final : public Problem {
 public:
  GeneralProblem(Role role, std::uint64_t seed) : seed_(seed) {
    task_.role = role;
    task_.possible.assign(models_of(role).size(), true);
    for (const ModelInfo& model : models_of(role)) task_.classes.emplace_back(model.about.id);
    task_.features = feature_count(role);
    task_.reference_levels.assign(level_count(role), 0.0);
    make_slots();
  }

  const EncoderTask& task() const override { return task_; }
  std::size_t full_group() const override { return full_size; }
  std::vector<std::size_t> group_sizes() const override {
    // A PD trial costs as much for one subject as for eight.
    if (task_.role == Role::pd) return {4, 8, 8, full_size};
    return {1, 3, 8, full_size};
  }

  LabelledTrials draw(Purpose purpose, std::uint64_t first_item, std::size_t trials,
                      std::size_t group) const override {
    Stream count(seed_, purpose, first_item, count_sub_item);
    const std::size_t samples = random_sample_count(count);
    std::vector<DrawnTrial> drawn;
    LabelledTrials batch;
    batch.group = group;
    batch.tokens.features = task_.features;
    for (std::size_t i = 0; i < trials; ++i) {
      drawn.push_back(draw_usable(seed_, purpose, first_item + i, group, samples));
      batch.tokens.tokens = std::max(batch.tokens.tokens, token_count(drawn.back().trial, task_.role));
    }
    for (DrawnTrial& one : drawn) {
      const DesignScale scale = design_scale(one.trial, task_.role);
      TokenSet tokens =
          make_tokens(one.trial.subjects, task_.role, one.trial.route, scale, batch.tokens.tokens);
      to_trial_units(trial_units(task_.role, scale, tokens.levels), one);
      tokens.levels.assign(tokens.levels.size(), 0.0);
      append(tokens, batch.tokens);
      batch.label.push_back(one.label);
      for (const auto& x : one.parameters)
        add_targets(task_.slots, models_of(task_.role)[one.label], one.label, x, batch);
    }
    return batch;
  }

  Trial trial(Purpose purpose, std::uint64_t item, std::size_t group) const override {
    Stream count(seed_, purpose, item, count_sub_item);
    return draw_usable(seed_, purpose, item, group, random_sample_count(count)).trial;
  }

 private:
  void to_trial_units(const TrialUnits& units, DrawnTrial& one) const {
    const auto& parameters = models_of(task_.role)[one.label].parameters;
    for (auto& x : one.parameters)
      for (std::size_t k = 0; k < x.size(); ++k) x[k] -= log_size(parameters[k].unit, units);
  }

  /// The regression outputs, standardised over small trials.
  void make_slots() {
    std::vector<SlotMaker> makers;
    for (std::size_t c = 0; c < task_.classes.size(); ++c) makers.emplace_back(models_of(task_.role)[c], c);
    for (std::size_t i = 0; i < slot_draws; ++i) {
      DrawnTrial one = draw_usable(slot_seed, Purpose::start, i, 1, 16);
      const DesignScale scale = design_scale(one.trial, task_.role);
      const TokenSet tokens = make_tokens(one.trial.subjects, task_.role, one.trial.route, scale,
                                          token_count(one.trial, task_.role));
      to_trial_units(trial_units(task_.role, scale, tokens.levels), one);
      makers[one.label].add(one.parameters[0]);
    }
    for (const SlotMaker& maker : makers) maker.write(task_.slots);
  }

  DrawnTrial draw_usable(std::uint64_t seed, Purpose purpose, std::uint64_t item, std::size_t group,
                         std::size_t samples) const {
    DrawnTrial one;
    const std::uint32_t base = task_.role == Role::pk ? 0 : pd_sub_item;
    for (std::uint32_t attempt = 0; attempt < attempts; ++attempt)
      if (draw_trial(Stream(seed, purpose, item, base + attempt), group, samples, one)) return one;
    expects(false, "a virtual trial with finite values");
    return one;
  }

  /// False when the simulation failed or no subject of the trial can be used.
  bool draw_trial(Stream stream, std::size_t group, std::size_t samples, DrawnTrial& one) const {
    const bool with_pd = task_.role == Role::pd;
    RandomDesign design = random_design(group, samples, with_pd, stream);
    one.trial = std::move(design.trial);
    one.parameters.clear();
    one.label = stream.below(static_cast<std::uint32_t>(task_.classes.size()));
    const std::size_t pk_label =
        with_pd ? stream.below(static_cast<std::uint32_t>(pk_models().size())) : one.label;
    const ModelInfo& pk_model = pk_models()[pk_label];
    tell_route(pk_model, design.infusion, stream, one.trial);
    const Population pk(pk_model, design.scales, stream);
    const Population own = with_pd ? Population(pd_models()[one.label], design.scales, stream) : pk;
    for (std::size_t first = 0; first < group; first += lanes)
      if (!simulate_eight(first, pk, own, design.infusion, stream, one)) return false;
    censor(design.least_measured, one.trial.subjects);
    return true;
  }

  bool simulate_eight(std::size_t first, const Population& pk, const Population& own, double infusion,
                      Stream& stream, DrawnTrial& one) const {
    const bool with_pd = task_.role == Role::pd;
    auto& subjects = one.trial.subjects;
    SubjectBlock block;
    std::vector<Schedule> schedules;
    for (std::size_t s = first; s < std::min(first + lanes, subjects.size()); ++s) {
      block.subjects.push_back(s);
      schedules.push_back(schedule_of(subjects[s]));
    }
    block.plan = make_plan(schedules, resolution_for(schedules, pk.model->about.id), with_pd);
    ClassParameters pk_values = pk.individuals(stream);
    if (const int tau = parameter_index(*pk.model, "tau"); tau >= 0 && one.trial.route == Route::infusion)
      pk_values.values[static_cast<std::size_t>(tau)] = all_lanes(infusion);
    const ClassParameters pd_values = with_pd ? own.individuals(stream) : ClassParameters{};
    SimulationScratch scratch;
    BlockValues values;
    if (!simulate_block(block, pk_values, with_pd ? &pd_values : nullptr, scratch, values)) return false;
    for (std::size_t l = 0; l < block.subjects.size(); ++l) {
      Subject& subject = subjects[block.subjects[l]];
      write_observations(values.pk, l, pk.error(), stream, subject.concentrations);
      if (with_pd) write_observations(values.pd, l, own.error(), stream, subject.responses);
      one.parameters.push_back(unbounded_lane(with_pd ? pd_values : pk_values, l));
    }
    return true;
  }

  std::uint64_t seed_;
  EncoderTask task_;
};

}  // namespace

std::unique_ptr<Problem> make_general_problem(Role role, std::uint64_t seed) {
  return std::make_unique<GeneralProblem>(role, seed);
}

}  // namespace qdose
