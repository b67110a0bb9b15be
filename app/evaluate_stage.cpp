#include "app/evaluate_stage.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "qdose/data/read_trial.hpp"
#include "qdose/stage1_classify/bayes_score.hpp"
#include "qdose/stage1_classify/catalogue_check.hpp"
#include "qdose/stage1_classify/evaluate.hpp"
#include "qdose/stage1_classify/general_encoder.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/report_grid.hpp"
#include "qdose/stage1_classify/report_problem.hpp"
#include "qdose/stage1_classify/shipped_encoder.hpp"
#include "qdose/stage1_classify/train_job.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

constexpr std::size_t progress_units = 1000;

Errors check(const EvaluateSettings& settings) {
  Errors errors;
  if (settings.count < 1 || settings.count > 100000000)
    errors.push_back({Fault::bad_usage, "out of range", "count", "1 to 100000000"});
  if (settings.bayes_count < 1)
    errors.push_back({Fault::bad_usage, "out of range", "bayes_count", "at least 1"});
  if (settings.check < 0) errors.push_back({Fault::bad_usage, "out of range", "check", "at least 0"});
  if (settings.check > 0 && is_report(settings.priors))
    errors.push_back(
        {Fault::bad_usage, "these priors have no whole trials to check", "check", "general and trial have"});
  if (settings.priors == "trial" && settings.trial.empty())
    errors.push_back({Fault::bad_usage, "priors scaled to a trial need one", "trial", "--trial FILE.csv"});
  if (settings.bayes && settings.priors == "general")
    errors.push_back({Fault::bad_usage, "there is no exact classifier for these priors", "bayes",
                      "report, report-as-published and trial have one"});
  return errors;
}

/// The encoder that the settings name, or the one that is shipped; for a trial, the general one fitted to it.
Result<Encoder> encoder_for(Role role, const EvaluateSettings& settings, const Trial& trial) {
  if (!settings.encoder.empty()) return load_encoder(settings.encoder);
  const bool of_trial = settings.priors == "trial";
  Result<Encoder> shipped = shipped_encoder(role, of_trial ? "general" : settings.priors);
  if (!shipped || !of_trial) return shipped;
  return fitted_to(*shipped, trial);
}

/// What only the training knows, from the scores that stand beside the encoder's file: its curve, and what it
/// counted. Nothing where there are none.
void add_training(Role role, const EvaluateSettings& settings, Evaluation& evaluation) {
  std::filesystem::path file =
      settings.encoder.empty()
          ? shipped_encoder_file(role, settings.priors == "trial" ? "general" : settings.priors)
          : std::filesystem::path(settings.encoder);
  Result<Evaluation> scores = load_evaluation(file.replace_extension(".json").string());
  if (!scores) return;
  evaluation.training_curve = std::move(scores->training_curve);
  evaluation.repeated = scores->repeated;
  evaluation.held_out_in_training = scores->held_out_in_training;
}

/// What the encoder calls a trial's subjects once they are shown as the report shows its own.
std::map<std::string, long> answers_on_grid(const Encoder& encoder, const Trial& trial, int threads) {
  const Role role = encoder.task.role;
  const ReportTrajectories shown = on_report_grid(trial, role);
  std::map<std::string, long> answers;
  if (shown.count == 0) return answers;
  const auto patch = std::min<std::size_t>(static_cast<std::size_t>(encoder.config.patch), shown.times);
  const EncoderOutput out = run_encoder(encoder, report_tokens(shown, role, patch), 1, threads);
  for (std::size_t s = 0; s < out.subjects; ++s) {
    const float* logits = &out.subject_logits[s * out.classes];
    ++answers[encoder.task.classes[static_cast<std::size_t>(std::max_element(logits, logits + out.classes) -
                                                            logits)]];
  }
  return answers;
}

Result<CatalogueCheck> catalogue_check(const Encoder& encoder, const Problem& problem, const Trial& design,
                                       const EvaluateSettings& settings, const Context& context) {
  CheckRequest request;
  request.trials = static_cast<std::size_t>(settings.check);
  if (settings.priors == "trial") request.design = &design;
  request.seed = context.seed();
  request.threads = context.threads();
  const Result<Encoder> pk =
      encoder.task.role == Role::pk ? Result<Encoder>(encoder) : shipped_encoder(Role::pk, "general");
  if (!pk) return pk.errors();
  request.pk = &*pk;
  return check_catalogue(encoder, problem, request, context.progress());
}

}  // namespace

Result<Evaluation> evaluate_stage(Role role, const EvaluateSettings& settings, const Context& context) {
  if (Errors errors = check(settings); !errors.empty()) return errors;
  TrainJob job;
  job.role = role;
  job.priors = settings.priors;
  job.seed = context.seed();
  if (!settings.trial.empty()) {
    Result<Trial> trial = read_trial(settings.trial);
    if (!trial) return trial.errors();
    job.trial = quantified(std::move(*trial));
  }
  const Result<Encoder> encoder = encoder_for(role, settings, job.trial);
  if (!encoder) return encoder.errors();
  job.config = encoder->config;
  const Result<std::unique_ptr<Problem>> problem = make_problem(job);
  if (!problem) return problem.errors();

  EvaluationRequest request;
  request.subjects = static_cast<std::size_t>(settings.count);
  request.threads = context.threads();
  request.progress = [&](double share) {
    context.progress().update(static_cast<std::size_t>(share * progress_units));
  };
  context.progress().begin("fresh trials", progress_units);
  Result<Evaluation> evaluation = evaluate_encoder(*encoder, **problem, request);
  context.progress().end();
  if (!evaluation) return evaluation;
  evaluation->priors = settings.priors;
  add_training(role, settings, *evaluation);
  if (is_report(settings.priors) && !settings.trial.empty())
    evaluation->answers = answers_on_grid(*encoder, job.trial, context.threads());
  if (settings.bayes) {
    const auto count = static_cast<std::size_t>(std::min(settings.bayes_count, settings.count));
    const Result<BayesScore> bayes =
        is_report(settings.priors) ? bayes_score({role, settings.priors == "report"}, *encoder,
                                                 context.seed(), count, context.threads(), context.progress())
                                   : bayes_score(job.trial, **problem, *encoder, context.seed(), count,
                                                 context.threads(), context.progress());
    if (!bayes) return bayes.errors();
    evaluation->bayes = *bayes;
  }
  if (settings.check > 0) {
    const auto checked = catalogue_check(*encoder, **problem, job.trial, settings, context);
    if (!checked) return checked.errors();
    evaluation->check = *checked;
  }
  return evaluation;
}

std::string evaluation_text(const Evaluation& e) {
  std::string text = fmt::format(
      "{} classes, priors {}, encoder {} ({} samples in {:.0f} s), {} fresh subjects\n"
      "  accuracy {:.4f} +- {:.4f}   cross-entropy {:.4f}   masked mse {:.4f}   ece {:.4f}\n",
      e.role, e.priors, e.encoder, e.samples_seen, e.seconds, e.test_count, e.subject.accuracy,
      e.subject.accuracy_se, e.subject.cross_entropy, e.masked_mse, e.subject.ece);
  if (e.trial_count < e.test_count)
    text +=
        fmt::format("  {} whole trials: accuracy {:.4f} +- {:.4f}   cross-entropy {:.4f}   ece {:.4f}\n",
                    e.trial_count, e.trial.accuracy, e.trial.accuracy_se, e.trial.cross_entropy, e.trial.ece);
  if (e.trial_count < e.test_count) {
    text += fmt::format("  names of one model as one: {:.4f}; confused pairs as one: {:.4f}\n",
                        e.trial_accuracy_joint, e.trial_accuracy_decidable);
    for (const ConfusedPair& p : e.confused)
      text += fmt::format("    {} and {}: {:.0f}% of their trials{}\n", p.first, p.second, 100 * p.share,
                          p.same_model ? " (one model)" : "");
  }
  if (e.check) {
    text += fmt::format("  check of the catalogue on {} trials: {:.1f}% false alarms\n", e.check->trials,
                        100 * e.check->false_alarms);
    for (const auto& o : e.check->outsiders)
      text += fmt::format("    {}: {:.0f}% of {} flagged\n", o.kind, 100 * o.flagged, o.trials);
  }
  if (!e.answers.empty()) {
    text += "  the trial's subjects on the report's grid:";
    for (const auto& [id, count] : e.answers) text += fmt::format(" {} {}", count, id);
    text += "\n";
  }
  if (e.bayes)
    text += fmt::format(
        "  Bayes classifier on {} of them: accuracy {:.4f} +- {:.4f} (expected {:.4f}), this encoder {:.4f}, "
        "difference {:.4f} +- {:.4f}\n",
        e.bayes->count, e.bayes->score.accuracy, e.bayes->score.accuracy_se, e.bayes->expected_accuracy,
        e.bayes->encoder_accuracy, e.bayes->score.accuracy - e.bayes->encoder_accuracy,
        e.bayes->difference_se);
  return text;
}

}  // namespace qdose
