// How good the encoders are that Stage 1 asks first, on simulated trials that their training never saw.
#include <fmt/format.h>

#include <algorithm>

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number, html::percent;

std::string share(const ClassScore& score) {
  return fmt::format("{:.1f}% ± {:.1f}", 100 * score.accuracy, 100 * score.accuracy_se);
}

const char* role_words(const Evaluation& e) {
  return e.role == "pd" ? "Biomarker (PD)" : "Concentration (PK)";
}

std::string score_table(const std::vector<Evaluation>& encoders) {
  html::Table table;
  table.caption =
      "Share of right classes (± standard error) on fresh simulated trials. Up to one model: names of the "
      "same equations "
      "count as one. ECE: mean distance between stated and true probability.";
  table.head = {"Encoder",           "Priors",      "Samples in training", "Tested with",
                "One subject alone", "Whole trial", "Up to one model",     "ECE, trial"};
  table.text_columns = {0, 1, 3};
  for (const Evaluation& e : encoders) {
    const bool has_trials = e.trial_count < e.test_count;
    table.rows.push_back(
        {role_words(e), escape(e.priors), html::plain(static_cast<double>(e.samples_seen)),
         has_trials ? fmt::format("{} subjects in {} trials", e.test_count, e.trial_count)
                    : fmt::format("{} subjects", e.test_count),
         share(e.subject), has_trials ? share(e.trial) : "–",
         e.trial_accuracy_joint > 0 ? fmt::format("{:.1f}%", 100 * e.trial_accuracy_joint) : "–",
         number(has_trials ? e.trial.ece : e.subject.ece, 2)});
  }
  return html::render(table);
}

/// "pk_1c_iv and pk_2c_iv (12%)", the most confused pairs first.
std::string confused_words(const Evaluation& e) {
  std::string out;
  for (std::size_t k = 0; k < std::min<std::size_t>(e.confused.size(), 4); ++k)
    out += fmt::format("{}{} and {} ({}{})", k ? ", " : "", escape(e.confused[k].first),
                       escape(e.confused[k].second), percent(e.confused[k].share),
                       e.confused[k].same_model ? ", the same equations" : "");
  return out.empty() ? ""
                     : html::paragraph(fmt::format("{}: most often taken for each other in whole trials: {}.",
                                                   role_words(e), out));
}

/// How often the check for trials outside the catalogue speaks when it should, and when it should not.
std::string check_words(const Evaluation& e) {
  if (!e.check) return "";
  std::string out =
      fmt::format("{}: the check whether any class explains a trial raises a false alarm in {} of {} trials",
                  role_words(e), percent(e.check->false_alarms), e.check->trials);
  for (const auto& o : e.check->outsiders)
    out += fmt::format("; it notices {} in {} of {}", escape(o.kind), percent(o.flagged), o.trials);
  return html::paragraph(out + ".");
}

bool any(const std::vector<Evaluation>& encoders, bool (*what)(const Evaluation&)) {
  return std::any_of(encoders.begin(), encoders.end(), what);
}

}  // namespace

static std::vector<Evaluation> own_encoders(const RunResults& results) {
  std::vector<Evaluation> own;
  for (const Evaluation& e : results.encoders)
    if (!e.priors.starts_with("report")) own.push_back(e);
  return own;
}

std::string encoders_part(const RunResults& results) {
  const std::vector<Evaluation> encoders = own_encoders(results);
  if (encoders.empty()) return "";
  std::string out = "<h3>How good the encoders are</h3>\n" + score_table(encoders);
  for (const Evaluation& e : encoders) out += confused_words(e) + check_words(e);
  if (any(encoders, [](const Evaluation& e) { return !e.confusion.empty(); }))
    out += html::plot(
        "encoder_confusion", "Confusion matrix of each encoder: true class by answer",
        "Rows: the class that made the data; columns, by number: the answer; shades: share of the row.");
  if (any(encoders, [](const Evaluation& e) { return !e.subject.calibration.empty(); }))
    out += html::plot(
        "encoder_reliability",
        "Reliability diagram of each encoder: stated probability against share of right answers",
        fmt::format("How often an answer is right that was given with some probability. On the diagonal the "
                    "probabilities mean what they say. Shaded: 90% range of the share in each of up to 15 "
                    "bins, from their counts."));
  if (any(encoders, [](const Evaluation& e) { return e.training_curve.size() > 1; }))
    out += html::plot("encoder_training", "Training curves of each encoder on fresh validation samples",
                      "Accuracy and standardised squared error of parameters on fresh validation samples, "
                      "against the number of samples seen.");
  return out;
}

}  // namespace qdose
