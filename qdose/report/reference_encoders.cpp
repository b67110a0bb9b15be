#include "qdose/report/reference_encoders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qdose/report/html.hpp"

namespace qdose {
namespace {

constexpr const char* missing = "<span class=\"small\">not in this folder</span>";

struct QuotedTest {
  const char *role, *title, *words;
};
constexpr std::array quoted_tests{
    QuotedTest{"pk", "PK, config 004", "accuracy 0.959, masked MSE 0.317 (500,000 samples)"},
    QuotedTest{"pd", "PD, config 004", "accuracy 0.714, masked MSE 0.516 (500,000 samples)"}};

struct QuotedSweep {
  const char *config, *pk, *pd;
};
constexpr std::array quoted_sweep{
    QuotedSweep{"000", "0.536; 0.494", "0.125; 0.723"}, QuotedSweep{"001", "0.553; 0.473", "0.130; 0.721"},
    QuotedSweep{"002", "0.546; 0.485", "0.127; 0.723"}, QuotedSweep{"003", "0.556; 0.471", "0.129; 0.721"},
    QuotedSweep{"004", "not run", "0.140; 0.717"}};

const Evaluation* find(const std::vector<Evaluation>& encoders, const std::string& role,
                       const std::string& priors, const std::string& config = "") {
  const auto found = std::ranges::find_if(encoders, [&](const Evaluation& e) {
    const bool is_sweep = e.encoder.starts_with("00");
    return e.role == role && (config.empty() ? !is_sweep && e.priors == priors : e.encoder == config);
  });
  return found == encoders.end() ? nullptr : &*found;
}

std::string test_words(const Evaluation* e) {
  if (e == nullptr) return missing;
  std::string out = fmt::format("accuracy {:.3f} ± {:.3f}, masked MSE {:.3f}", e->subject.accuracy,
                                e->subject.accuracy_se, e->masked_mse);
  if (e->bayes)
    out += fmt::format("; Bayes classifier {:.3f} ± {:.3f}", e->bayes->score.accuracy,
                       e->bayes->score.accuracy_se);
  return out;
}

std::string sweep_words(const Evaluation* e) {
  return e == nullptr ? missing
                      : fmt::format("{:.3f}; {:.3f} ({} samples)", e->subject.accuracy, e->masked_mse,
                                    e->samples_seen);
}

}  // namespace

std::string reference_tests(const std::vector<Evaluation>& encoders) {
  html::Table table;
  table.caption =
      "Its table 4: test of the encoders. Nearly all of the report's test samples have an identical copy in "
      "its training set; ours "
      "are fresh. As published: its simulator drops the dose at time zero in eight PK classes; the last "
      "column has that "
      "dose.";
  table.head = {"Problem", "Report", "This program, priors as published",
                "This program, with the first dose"};
  table.text_columns = {0, 1, 2, 3};
  for (const QuotedTest& quoted : quoted_tests)
    table.rows.push_back({quoted.title, quoted.words,
                          test_words(find(encoders, quoted.role, "report-as-published")),
                          test_words(find(encoders, quoted.role, "report"))});
  return html::render(table);
}

std::string reference_sweep(const std::vector<Evaluation>& encoders) {
  html::Table table;
  table.caption =
      "Its table 3: accuracy and masked MSE of its five configurations, there on validation samples of the "
      "third epoch; here on fresh samples of the same priors with the dose at time zero "
      "(<code>qdose train pk --priors report --sweep</code> and pd; a sweep in the run's folders pk and pd "
      "takes the place of the one that comes with the program).";
  table.head = {"Configuration", "PK, report", "PK, this program", "PD, report", "PD, this program"};
  table.text_columns = {0, 1, 2, 3, 4};
  for (const QuotedSweep& quoted : quoted_sweep)
    table.rows.push_back({quoted.config, quoted.pk, sweep_words(find(encoders, "pk", "", quoted.config)),
                          quoted.pd, sweep_words(find(encoders, "pd", "", quoted.config))});
  return html::render(table);
}

}  // namespace qdose
