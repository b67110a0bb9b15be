#include <fmt/format.h>

#include <algorithm>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/answer_table.hpp"
#include "qdose/report/cautions.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::percent;

/// The dose in large letters, what it means, and what the other source says.
std::string card(const AnswerRow& row, const Doses& doses) {
  const DoseAnswer& main = row.question();
  std::string out =
      fmt::format("<div class=\"card\"><p class=\"card-dose\">{} <span>{}</span></p>\n",
                  main.dose_mg ? dose_words(main, doses.dose_unit) : "No dose", regimen_words(main));
  out += html::paragraph(fmt::format("{} at least {} of the population are expected to {} at {}.",
                                     main.dose_mg ? "The smallest dose of the grid with which"
                                                  : "There is no dose in the range searched with which",
                                     percent(main.target), goal_words(main, doses), term("steady-state")));
  if (!main.sentence.empty()) out += html::paragraph(escape(main.sentence));
  if (row.posterior && row.kernel)
    out += html::paragraph(fmt::format("From covariates alone ({}): {}.", term("kernel", "kernel"),
                                       dose_words(*row.kernel, doses.dose_unit)));
  return out + "</div>\n";
}

/// Cards for the first scenario's most demanding target, one a regimen.
std::string cards(const std::vector<AnswerRow>& rows, const Doses& doses) {
  const std::string& first = rows.front().question().scenario;
  double target = 0;
  for (const AnswerRow& row : rows)
    if (row.question().scenario == first) target = std::max(target, row.question().target);
  std::string out = "<div class=\"cards\">\n";
  for (const AnswerRow& row : rows)
    if (row.question().scenario == first && row.question().target == target) out += card(row, doses);
  return out + "</div>\n";
}

std::string sentences(const std::vector<AnswerRow>& rows) {
  std::string out;
  for (const AnswerRow& row : rows)
    for (const DoseAnswer* answer : {row.posterior, row.kernel})
      if (answer && !answer->sentence.empty()) out += fmt::format("<li>{}</li>\n", escape(answer->sentence));
  if (out.empty()) return "";
  return "<details><summary>Every answer as a sentence</summary>\n<ul>\n" + out + "</ul></details>\n";
}

std::string caution_list(const RunResults& results) {
  std::string out;
  for (const Caution& caution : cautions(results))
    if (caution.weight == Weight::warning)
      out += fmt::format("<li>{} {}</li>\n", escape(caution.text), link_to(caution));
  if (out.empty())
    return "<p class=\"good\"><span aria-hidden=\"true\">✓ </span>No check raised a warning. "
           "<a href=\"#notes\">Notes</a> are at the end.</p>\n";
  return "<div class=\"warnings\" role=\"note\"><p><span aria-hidden=\"true\">▲ </span><strong>Before using "
         "the answer"
         "</strong></p>\n<ul>\n" +
         out + "</ul><p>Further <a href=\"#notes\">notes</a> are at the end.</p></div>\n";
}

}  // namespace

std::string answer_section(const RunResults& results) {
  const Doses& doses = results.doses;
  if (doses.answers.empty())
    return html::section("answer", "Which dose next?",
                         html::paragraph("No dose search was made in this run, so there is no answer here.") +
                             caution_list(results));
  const std::vector<AnswerRow> rows = answer_rows(doses);
  std::string content = cards(rows, doses) + caution_list(results);
  content += html::plot(
      "dose_overview", "Recommended dose of every scenario with its 90% band, for both sources",
      "Where the mean attainment crosses the target (bar: 90% band) and the dose of the grid that follows "
      "from it (mark).");
  content += answer_table(doses) + target_steps_table(doses) + sentences(rows);
  return html::section("answer", "Which dose next?", content);
}

std::string curves_section(const RunResults& results) {
  if (results.doses.answers.empty()) return "";
  return html::section(
      "curves", "Attainment against dose",
      html::paragraph(fmt::format(
          "Each panel asks of one population and regimen: at this dose, which share attains {} at steady "
          "state? Shaded: {}, from the uncertainty of the parameters. Dashed horizontal lines are "
          "the targets; a drop line marks the dose that the grid yields for each.",
          endpoint_of_all(results.doses), term("band"))) +
          html::plot("attainment",
                     "Share of the population that reaches the goal, against dose, with bands, by scenario"));
}

}  // namespace qdose
