#include "qdose/stage1_classify/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/results/population_model.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

constexpr std::size_t most_candidates = 4;  // classes tried before the trial is said to follow none

std::map<std::string, double> by_id(const EncoderTask& task, const std::vector<double>& p) {
  std::map<std::string, double> named;
  for (std::size_t c = 0; c < p.size(); ++c) named[task.classes[c]] = p[c];
  return named;
}

std::size_t best(const std::vector<double>& p) {
  return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
}

/// Classes that are one model (class_choice.hpp), with the sum of their probabilities.
struct JointClass {
  std::size_t first = 0;            ///< the most probable of them
  std::vector<std::string> others;  ///< those that are possible
  double probability = 0;
};

JointClass joint_class(const EncoderTask& task, const Trial& trial, const std::vector<double>& p,
                       std::size_t member) {
  JointClass joint{member, {}, p[member]};
  for (const std::string& id : same_equations(task.classes[member], trial)) {
    const auto c = static_cast<std::size_t>(std::find(task.classes.begin(), task.classes.end(), id) -
                                            task.classes.begin());
    if (c == task.classes.size() || !(p[c] > 0)) continue;
    joint.others.push_back(id);
    joint.probability += p[c];
  }
  return joint;
}

/// The most probable model; of its names the most probable one stands for it.
JointClass best_joint(const EncoderTask& task, const Trial& trial, const std::vector<double>& p) {
  JointClass winner;
  for (std::size_t c = 0; c < p.size(); ++c) {
    JointClass joint = joint_class(task, trial, p, c);
    const bool better = joint.probability > winner.probability * (1 + 1e-12);
    const bool same = !better && joint.probability > winner.probability * (1 - 1e-12);
    if (better || (same && p[c] > p[winner.first])) winner = std::move(joint);
  }
  return winner;
}

/// Parameters of class `model` from a row of the regression head, natural scale.
std::map<std::string, double> parameters_of(const EncoderTask& task, std::size_t model, const float* row) {
  std::map<std::string, double> values;
  for (std::size_t k = 0; k < task.slots.size(); ++k) {
    const ParameterSlot& slot = task.slots[k];
    if (slot.model == model) values[slot.symbol] = to_natural(slot.scale, slot.mean + slot.sd * row[k]);
  }
  return values;
}

/// Linear interpolation between order statistics; q in [0, 1].
double quantile(const std::vector<double>& sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const std::size_t low = static_cast<std::size_t>(place), high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

std::map<std::string, ParameterRange> ranges_over(const std::vector<SubjectSelection>& subjects) {
  std::map<std::string, std::vector<double>> values;
  for (const SubjectSelection& subject : subjects)
    for (const auto& [symbol, value] : subject.parameters) values[symbol].push_back(value);
  std::map<std::string, ParameterRange> ranges;
  for (auto& [symbol, own] : values) {
    std::sort(own.begin(), own.end());
    ranges[symbol] = {quantile(own, 0.05), quantile(own, 0.5), quantile(own, 0.95)};
  }
  return ranges;
}

/// Prior of a class's individual parameters: that of the regression head's slots.
ParameterPrior prior_of(const EncoderTask& task, const std::string& id) {
  ParameterPrior prior;
  for (const ParameterSlot& slot : task.slots) {
    if (task.classes[slot.model] != id) continue;
    prior.mean.push_back(slot.mean);
    prior.sd.push_back(slot.sd);
  }
  return prior;
}

/// Unbounded start values: a subject's estimate where the regression head gave one of this class, else the
/// prior's mean.
std::vector<std::vector<double>> starts_of(const ModelInfo& model, const ParameterPrior& prior,
                                           const Trial& trial, const ClassPosterior& posterior, Role role) {
  std::vector<std::vector<double>> starts(trial.subjects.size(), prior.mean);
  if (model.about.id != posterior.model) return starts;
  const std::vector<std::size_t> usable = usable_subjects(trial, role);
  for (std::size_t i = 0; i < usable.size(); ++i)
    for (std::size_t k = 0; k < model.parameters.size(); ++k) {
      const Parameter& p = model.parameters[k];
      const double x = to_unbounded(p.scale, posterior.subjects[i].parameters.at(std::string(p.symbol)));
      if (std::isfinite(x)) starts[usable[i]][k] = x;
    }
  return starts;
}

/// The classes that may explain the trial, the selected one first, the others by their probability; one name
/// of a model only.
std::vector<std::string> candidates(const ClassPosterior& posterior) {
  std::vector<std::pair<double, std::string>> ranked;
  for (const auto& [id, p] : posterior.probabilities)
    if (p > 0) ranked.emplace_back(id == posterior.model ? -2 : -p, id);
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> chosen;
  for (const auto& [rank, id] : ranked) {
    const std::vector<std::string> same = same_equations(id);
    const bool known = std::any_of(chosen.begin(), chosen.end(), [&](const std::string& other) {
      return std::find(same.begin(), same.end(), other) != same.end();
    });
    if (!known && chosen.size() < most_candidates) chosen.push_back(id);
  }
  return chosen;
}

}  // namespace

ClassPosterior class_posterior(const Encoder& encoder, const Trial& trial, int threads) {
  const EncoderTask& task = encoder.task;
  const std::vector<std::size_t> usable = usable_subjects(trial, task.role);
  const EncoderOutput out = run_encoder(encoder, trial_tokens(trial, task.role), usable.size(), threads);
  const auto pooled = probabilities(out.trial_logits.data(), out.classes, encoder.temperatures.trial);
  JointClass joint = best_joint(task, trial, pooled);
  const std::size_t winner = joint.first;
  ClassPosterior posterior;
  posterior.same_model = std::move(joint.others);
  posterior.joint_probability = std::min(joint.probability, 1.0);
  posterior.model = posterior.encoder_model = task.classes[winner];
  posterior.selected_by = "encoder";
  posterior.probabilities = by_id(task, pooled);
  for (std::size_t i = 0; i < usable.size(); ++i) {
    const auto p =
        probabilities(&out.subject_logits[i * out.classes], out.classes, encoder.temperatures.subject);
    posterior.subjects.push_back({trial.subjects[usable[i]].id, task.classes[best(p)], by_id(task, p),
                                  parameters_of(task, winner, &out.parameters[i * out.slots])});
  }
  posterior.parameter_ranges = ranges_over(posterior.subjects);
  return posterior;
}

void check_fit(const Encoder& encoder, const Trial& trial, std::uint64_t seed, int threads,
               ExposureModel& exposure, ClassPosterior& posterior) {
  const Role role = encoder.task.role;
  const DesignBlocks blocks(trial, role == Role::pd, 1, seed);
  FitProblem problem;
  problem.blocks = &blocks;
  problem.scale = residual_scale(observed_values(trial, role));
  std::vector<std::vector<Lanes>> concentrations;
  if (role == Role::pd) {
    problem.pk = find_model(exposure.pk_class);
    concentrations = concentrations_of(*problem.pk, blocks, exposure.parameters);
    problem.concentrations = &concentrations;
  }
  posterior.misfit = std::numeric_limits<double>::infinity();
  for (const std::string& id : candidates(posterior)) {
    problem.model = find_model(id);
    problem.prior = prior_of(encoder.task, id);
    Misfit misfit = misfit_of(
        trial, problem, starts_of(*problem.model, problem.prior, trial, posterior, role), seed, threads);
    if (!(misfit.ratio < posterior.misfit)) continue;
    posterior.misfit = misfit.ratio;
    if (role == Role::pk) exposure = {id, std::move(misfit.fits.parameters)};
    if (posterior.misfit <= 1) break;
  }
  posterior.in_catalogue = posterior.misfit <= 1;
}

}  // namespace qdose
