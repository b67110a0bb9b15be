#include "qdose/stage1_classify/catalogue_check.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/simulate/trial_scales.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/general_encoder.hpp"
#include "qdose/stage1_classify/posterior.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

constexpr std::uint64_t partner_item = 1000000;  // where the other class of a mixed trial is looked for

/// Takes a class and its other names off the list. False when nothing is left.
bool hide(std::size_t hidden, EncoderTask& task) {
  std::vector<std::string> names = same_equations(task.classes[hidden]);
  names.push_back(task.classes[hidden]);
  for (std::size_t c = 0; c < task.classes.size(); ++c)
    if (std::find(names.begin(), names.end(), task.classes[c]) != names.end()) task.possible[c] = false;
  return std::find(task.possible.begin(), task.possible.end(), true) != task.possible.end();
}

class Checker {
 public:
  Checker(const Encoder& encoder, const Problem& problem, const CheckRequest& request, Progress& progress)
      : encoder_(encoder), problem_(problem), request_(request), progress_(progress) {}

  std::size_t label(std::uint64_t item) const {
    return problem_.draw(Purpose::test, item, 1, problem_.full_group()).label[0];
  }
  Trial trial(std::uint64_t item) const { return problem_.trial(Purpose::test, item, problem_.full_group()); }

  /// Whether the check says that no class explains the trial; nothing when there is no class to choose.
  std::optional<bool> flagged(const Trial& trial, std::optional<std::size_t> hidden) const {
    const Role role = encoder_.task.role;
    if (usable_subjects(trial, Role::pk).empty() || usable_subjects(trial, role).empty()) return {};
    Encoder own = request_.design == nullptr ? fitted_to(encoder_, trial) : encoder_;
    if (hidden && !hide(*hidden, own.task)) return {};
    ExposureModel exposure;
    if (role == Role::pd) {
      const Encoder pk = fitted_to(*request_.pk, trial);
      ClassPosterior first = class_posterior(pk, trial, 1);
      check_fit(pk, trial, request_.seed, 1, exposure, first);
    }
    ClassPosterior posterior = class_posterior(own, trial, 1);
    check_fit(own, trial, request_.seed, 1, exposure, posterior);
    return !posterior.in_catalogue;
  }

  /// Asks about `trials` trials of a kind; verdicts by trial.
  using Ask = std::function<std::optional<bool>(std::size_t)>;
  std::vector<std::optional<bool>> verdicts(const std::string& kind, const Ask& ask) const {
    const std::size_t at_once = 8 * static_cast<std::size_t>(std::max(1, request_.threads));
    std::vector<std::optional<bool>> all(request_.trials);
    progress_.begin("check of the catalogue: " + kind, request_.trials);
    for (std::size_t first = 0; first < request_.trials && !interrupted(); first += at_once) {
      const std::size_t n = std::min(at_once, request_.trials - first);
      parallel_for(n, request_.threads, [&](std::size_t i) { all[first + i] = ask(first + i); });
      progress_.update(first + n);
    }
    progress_.end();
    return all;
  }

  /// Every second subject from a trial that follows another model.
  std::optional<bool> mixed(std::size_t item) const {
    Trial mixed = trial(item);
    EncoderTask without = encoder_.task;
    if (!hide(label(item), without)) return {};
    std::uint64_t partner = partner_item + 64 * item;
    while (!without.possible[label(partner)]) ++partner;
    const Trial other = trial(partner);
    for (std::size_t s = 1; s < mixed.subjects.size(); s += 2) mixed.subjects[s] = other.subjects[s];
    return flagged(mixed, {});
  }

 private:
  const Encoder& encoder_;
  const Problem& problem_;
  const CheckRequest& request_;
  Progress& progress_;
};

CatalogueCheck::Outsiders share_of(const std::string& kind,
                                   const std::vector<std::optional<bool>>& verdicts) {
  CatalogueCheck::Outsiders share{kind, 0, 0};
  for (const auto& verdict : verdicts) {
    if (!verdict) continue;
    ++share.trials;
    share.flagged += *verdict;
  }
  share.flagged /= std::max(1.0, static_cast<double>(share.trials));
  return share;
}

/// The design with every dose in two halves, the second one half an interval (or half the profile) later.
Trial in_two_waves(Trial design) {
  const double wait = 0.5 * trial_scales(design).interval;
  for (Subject& subject : design.subjects) {
    std::vector<Dose> halves;
    for (Dose dose : subject.doses) {
      dose.amount /= 2;
      halves.push_back(dose);
      dose.time += wait;
      halves.push_back(dose);
    }
    std::sort(halves.begin(), halves.end(), [](const Dose& a, const Dose& b) { return a.time < b.time; });
    subject.doses = std::move(halves);
  }
  return design;
}

/// Trials of the design whose doses enter in two waves, as they would be read.
Trial second_wave_untold(const Problem& waves, const Trial& design, std::uint64_t item) {
  Trial trial = waves.trial(Purpose::test, item, waves.full_group());
  const std::vector<std::size_t> usable = usable_subjects(design, Role::pk);
  for (std::size_t s = 0; s < trial.subjects.size(); ++s)
    trial.subjects[s].doses = design.subjects[usable[s]].doses;
  return trial;
}

void add_hidden(const Checker& checker, const CheckRequest& request, const EncoderTask& task,
                CatalogueCheck& check) {
  std::vector<std::size_t> labels(request.trials);
  const auto verdicts = checker.verdicts("true class hidden", [&](std::size_t i) {
    labels[i] = checker.label(i);
    return checker.flagged(checker.trial(i), labels[i]);
  });
  check.outsiders.push_back(share_of("without the true class", verdicts));
  for (std::size_t c = 0; c < task.classes.size(); ++c) {
    std::vector<std::optional<bool>> own;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
      if (labels[i] == c) own.push_back(verdicts[i]);
    if (!own.empty()) check.outsiders.push_back(share_of("without " + task.classes[c], own));
  }
}

}  // namespace

Result<CatalogueCheck> check_catalogue(const Encoder& encoder, const Problem& problem,
                                       const CheckRequest& request, Progress& progress) {
  const Checker checker(encoder, problem, request, progress);
  CatalogueCheck check;
  const auto inside =
      share_of("in the catalogue", checker.verdicts("trials of its classes", [&](std::size_t i) {
        return checker.flagged(checker.trial(i), {});
      }));
  check.trials = inside.trials;
  check.false_alarms = inside.flagged;
  add_hidden(checker, request, encoder.task, check);
  if (request.design != nullptr) {
    const auto mixed = checker.verdicts("two classes", [&](std::size_t i) { return checker.mixed(i); });
    check.outsiders.push_back(share_of("two classes in one trial", mixed));
  }
  if (request.design != nullptr && encoder.task.role == Role::pk) {
    const auto waves = make_trial_problem(in_two_waves(*request.design), Role::pk, request.seed);
    if (!waves) return waves.errors();
    const auto verdicts = checker.verdicts("two waves", [&](std::size_t i) {
      return checker.flagged(second_wave_untold(**waves, *request.design, i), {});
    });
    check.outsiders.push_back(share_of("doses that enter in two waves", verdicts));
  }
  if (interrupted()) return Error{Fault::numerical, "interrupted", "check of the catalogue", ""};
  return check;
}

}  // namespace qdose
