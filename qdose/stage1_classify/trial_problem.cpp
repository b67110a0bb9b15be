#include "qdose/stage1_classify/trial_problem.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/simulate/priors.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
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

/// A population of one class.
struct Population {
  const ModelInfo* model;
  PriorDraw draw;

  Population(const ModelInfo& m, const TrialScales& scales, Stream& stream)
      : model(&m), draw(draw_prior(m, scales, stream)) {}
  /// Eight individuals.
  ClassParameters individuals(Stream& stream) const {
    ClassParameters p{model, std::vector<Lanes>(model->parameters.size())};
    for (std::size_t i = 0; i < p.values.size(); ++i)
      for (double& x : p.values[i].v)
        x = to_natural(model->parameters[i].scale, draw.typical[i] + draw.omega[i] * stream.normal());
    return p;
  }
  ResidualError error() const { return {draw.proportional, draw.additive}; }
};

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
    for (std::size_t i = 0; i < trials; ++i) {
      std::vector<Subject> subjects;
      bool usable = false;
      for (std::uint32_t attempt = 0; attempt < attempts && !usable; ++attempt)
        usable = draw_trial(Stream(seed_, purpose, first_item + i, attempt), group, scratch, subjects, batch);
      expects(usable, "a virtual trial with finite values");
      const TokenSet one = make_tokens(subjects, task_.role, design_.route, scale_, tokens_);
      all.subjects += one.subjects;
      all.values.insert(all.values.end(), one.values.begin(), one.values.end());
      all.time.insert(all.time.end(), one.time.begin(), one.time.end());
      all.count.insert(all.count.end(), one.count.begin(), one.count.end());
      all.levels.insert(all.levels.end(), one.levels.begin(), one.levels.end());
    }
    return batch;
  }

 private:
  const ModelInfo& model(std::size_t c) const { return models_of(task_.role)[c]; }

  /// The regression outputs of class c, standardised by draws of its prior.
  void add_slots(std::size_t c) {
    const ModelInfo& m = model(c);
    std::vector<double> sum(m.parameters.size(), 0), squares(m.parameters.size(), 0);
    for (std::size_t i = 0; i < prior_draws; ++i) {
      Stream stream(seed_, Purpose::start, c * prior_draws + i, task_.role == Role::pk ? 0 : 1);
      const Population population(m, trial_scales_, stream);
      const ClassParameters p = population.individuals(stream);
      for (std::size_t k = 0; k < sum.size(); ++k) {
        const double x = to_unbounded(m.parameters[k].scale, p.values[k][0]);
        sum[k] += x;
        squares[k] += x * x;
      }
    }
    for (std::size_t k = 0; k < sum.size(); ++k) {
      const double n = prior_draws, mean = sum[k] / n, variance = squares[k] / n - mean * mean;
      task_.slots.push_back({c, std::string(m.parameters[k].symbol), m.parameters[k].scale, mean,
                             std::sqrt(std::max(variance, 1e-6))});
    }
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
    std::vector<float> target, mask;
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
        add_targets(label, with_pd ? pd_values : pk_values, l, target, mask);
      }
    }
    batch.label.push_back(label);
    batch.target.insert(batch.target.end(), target.begin(), target.end());
    batch.mask.insert(batch.mask.end(), mask.begin(), mask.end());
    return true;
  }

  void add_targets(std::size_t label, const ClassParameters& p, std::size_t lane, std::vector<float>& target,
                   std::vector<float>& mask) const {
    std::size_t k = 0;
    for (const ParameterSlot& slot : task_.slots) {
      const bool present = slot.model == label;
      mask.push_back(present ? 1.0f : 0.0f);
      target.push_back(
          present ? static_cast<float>((to_unbounded(slot.scale, p.values[k++][lane]) - slot.mean) / slot.sd)
                  : 0.0f);
    }
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

TokenSet trial_tokens(const Trial& trial, Role role) {
  const Trial design = keep_subjects(trial, usable_subjects(trial, role));
  return make_tokens(design.subjects, role, design.route, design_scale(design, role),
                     token_count(design, role));
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
