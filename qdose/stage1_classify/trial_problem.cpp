#include "qdose/stage1_classify/trial_problem.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/parameter_targets.hpp"
#include "qdose/stage1_classify/population.hpp"
#include "qdose/stage1_classify/virtual_trials.hpp"

namespace qdose {
namespace {

constexpr std::size_t arrangements = 6, prior_draws = 400;
constexpr std::uint32_t attempts = 8;  // redraws of a trial whose values are not finite

Trial keep_subjects(const Trial& trial, const std::vector<std::size_t>& subjects) {
  Trial kept;
  kept.name = trial.name;
  kept.route = trial.route;
  for (std::size_t s : subjects) kept.subjects.push_back(trial.subjects[s]);
  return kept;
}

std::vector<std::size_t> allowed(const std::vector<bool>& possible) {
  std::vector<std::size_t> indices;
  for (std::size_t c = 0; c < possible.size(); ++c)
    if (possible[c]) indices.push_back(c);
  return indices;
}

std::size_t pick(const std::vector<std::size_t>& indices, Stream& stream) {
  return indices[stream.below(static_cast<std::uint32_t>(indices.size()))];
}

class TrialProblem final : public Problem {
 public:
  TrialProblem(const Trial& trial, Role role, std::uint64_t seed)
      : seed_(seed),
        trial_scales_(trial_scales(trial)),
        design_(keep_subjects(trial, usable_subjects(trial, role))),
        scale_(design_scale(design_, role)),
        tokens_(token_count(design_, role)),
        pk_choices_(allowed(possible_classes(Role::pk, trial))),
        blocks_(design_, role == Role::pd, arrangements, seed) {
    task_.role = role;
    task_.possible = possible_classes(role, trial);
    for (const ModelInfo& model : models_of(role)) task_.classes.emplace_back(model.about.id);
    task_.features = feature_count(role);
    task_.reference_levels = make_tokens(design_.subjects, role, design_.route, scale_, tokens_).levels;
    choices_ = allowed(task_.possible);
    for (std::size_t c : choices_) add_slots(c);
  }

  const EncoderTask& task() const override { return task_; }
  std::size_t full_group() const override { return design_.subjects.size(); }

  LabelledTrials draw(Purpose purpose, std::uint64_t first_item, std::size_t trials,
                      std::size_t group) const override {
    LabelledTrials batch;
    batch.group = group;
    TokenSet& all = batch.tokens;
    all.tokens = tokens_;
    all.features = task_.features;
    SimulationScratch scratch;
    for (std::size_t i = 0; i < trials; ++i)
      append(make_tokens(draw_usable(purpose, first_item + i, group, scratch, batch), task_.role,
                         design_.route, scale_, tokens_),
             all);
    return batch;
  }

  Trial trial(Purpose purpose, std::uint64_t item, std::size_t group) const override {
    SimulationScratch scratch;
    LabelledTrials unused;
    Trial drawn;
    drawn.name = design_.name;
    drawn.route = design_.route;
    drawn.subjects = draw_usable(purpose, item, group, scratch, unused);
    return drawn;
  }

 private:
  const ModelInfo& model(std::size_t c) const { return models_of(task_.role)[c]; }

  /// The regression outputs of class c, standardised by draws of its prior.
  void add_slots(std::size_t c) {
    SlotMaker slots(model(c), c);
    for (std::size_t i = 0; i < prior_draws; ++i) {
      Stream stream(seed_, Purpose::start, c * prior_draws + i, task_.role == Role::pk ? 0 : 1);
      const Population population(model(c), trial_scales_, stream);
      slots.add(unbounded_lane(population.individuals(stream), 0));
    }
    slots.write(task_.slots);
  }

  std::vector<Subject> draw_usable(Purpose purpose, std::uint64_t item, std::size_t group,
                                   SimulationScratch& scratch, LabelledTrials& batch) const {
    std::vector<Subject> drawn;
    for (std::uint32_t attempt = 0; attempt < attempts; ++attempt)
      if (draw_trial(Stream(seed_, purpose, item, attempt), group, scratch, drawn, batch)) return drawn;
    expects(false, "a virtual trial with finite values");
    return drawn;
  }

  /// Adds one trial to the batch (label, targets) and its subjects to `subjects`. False, and nothing added,
  /// when the simulation failed.
  bool draw_trial(Stream stream, std::size_t group, SimulationScratch& scratch,
                  std::vector<Subject>& subjects, LabelledTrials& batch) const {
    const bool with_pd = task_.role == Role::pd;
    const std::size_t label = pick(choices_, stream);
    const ModelInfo& pk_model = pk_models()[with_pd ? pick(pk_choices_, stream) : label];
    const Population pk(pk_model, trial_scales_, stream);
    const Population own = with_pd ? Population(model(label), trial_scales_, stream) : pk;
    const bool whole = group == design_.subjects.size();
    const auto blocks =
        blocks_.arrangement(whole ? 0 : stream.below(static_cast<std::uint32_t>(blocks_.arrangements())));
    std::size_t next = whole ? 0 : stream.below(static_cast<std::uint32_t>(blocks.size()));
    subjects.clear();
    LabelledTrials targets;
    BlockValues values;
    while (subjects.size() < group) {
      const SubjectBlock& block = blocks[next++ % blocks.size()];
      const ClassParameters pk_values = pk.individuals(stream);
      const ClassParameters pd_values = with_pd ? own.individuals(stream) : ClassParameters{};
      if (!simulate_block(block, pk_values, with_pd ? &pd_values : nullptr, scratch, values)) return false;
      for (std::size_t l = 0; l < block.subjects.size() && subjects.size() < group; ++l) {
        Subject subject = design_.subjects[block.subjects[l]];
        write_observations(values.pk, l, pk.error(), stream, subject.concentrations);
        if (with_pd) write_observations(values.pd, l, own.error(), stream, subject.responses);
        subjects.push_back(std::move(subject));
        add_targets(task_.slots, model(label), label, unbounded_lane(with_pd ? pd_values : pk_values, l),
                    targets);
      }
    }
    batch.label.push_back(label);
    batch.target.insert(batch.target.end(), targets.target.begin(), targets.target.end());
    batch.mask.insert(batch.mask.end(), targets.mask.begin(), targets.mask.end());
    return true;
  }

  std::uint64_t seed_;
  TrialScales trial_scales_;
  Trial design_;
  DesignScale scale_;
  std::size_t tokens_;
  EncoderTask task_;
  std::vector<std::size_t> choices_, pk_choices_;
  DesignBlocks blocks_;
};

}  // namespace

std::vector<std::size_t> usable_subjects(const Trial& trial, Role role) {
  std::vector<std::size_t> usable;
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    const Subject& subject = trial.subjects[s];
    const bool has_concentration =
        !subject.doses.empty() &&
        std::any_of(subject.concentrations.begin(), subject.concentrations.end(),
                    [&](const Observation& o) { return o.time > subject.doses.front().time; });
    if (role == Role::pk ? has_concentration : !subject.responses.empty()) usable.push_back(s);
  }
  return usable;
}

Trial quantified(Trial trial) {
  for (Subject& s : trial.subjects)
    for (auto* list : {&s.concentrations, &s.responses})
      std::erase_if(*list, [](const Observation& o) { return o.below_limit; });
  return trial;
}

TokenSet trial_tokens(const Trial& trial, Role role) {
  const Trial design = keep_subjects(trial, usable_subjects(trial, role));
  return make_tokens(design.subjects, role, design.route, design_scale(design, role),
                     token_count(design, role));
}

DesignScale trial_scale(const Trial& trial, Role role) {
  return design_scale(keep_subjects(trial, usable_subjects(trial, role)), role);
}

Result<std::unique_ptr<Problem>> make_trial_problem(const Trial& trial, Role role, std::uint64_t seed) {
  if (usable_subjects(trial, role).empty())
    return Error{Fault::bad_input,
                 role == Role::pk ? "no treated subject has a concentration after a dose"
                                  : "no subject has a biomarker value",
                 trial.name, "Stage 1 needs observations to choose a class"};
  return std::unique_ptr<Problem>(std::make_unique<TrialProblem>(trial, role, seed));
}

}  // namespace qdose
