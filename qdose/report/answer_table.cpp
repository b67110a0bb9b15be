#include "qdose/report/answer_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"

namespace qdose {
namespace {

using html::escape, html::interval, html::number, html::percent, html::plain;

std::string crossing_words(const DoseAnswer& answer) {
  if (!answer.crossing_dose_mg) return "";
  std::string words = number(*answer.crossing_dose_mg);
  if (answer.crossing_q5 && answer.crossing_q95)
    words += fmt::format(" ({} to {})", number(*answer.crossing_q5), number(*answer.crossing_q95));
  return fmt::format("<br><span class=\"nowrap\">{}</span>", words);
}

std::string scenario_cell(const DoseAnswer& answer, const Doses& doses) {
  std::string cell = fmt::format("{}<span class=\"scenario\">{}</span>", escape(answer.scenario),
                                 escape(answer.description));
  if (endpoints_differ(doses))
    cell += fmt::format("<span class=\"scenario\">{}</span>", escape(answer.endpoint));
  return cell;
}

std::string regimen_cell(const DoseAnswer& answer) {
  return fmt::format("<span class=\"nowrap\">{}</span>", regimen_words(answer));
}

/// Cells of one source: dose, attainment with its band, probability.
std::vector<std::string> source_cells(const DoseAnswer* answer, const std::string& unit) {
  if (!answer) return {"–", "–", "–"};
  std::string dose = fmt::format("<strong class=\"nowrap\">{}</strong>{}", dose_words(*answer, unit),
                                 crossing_words(*answer));
  if (answer->extrapolates && answer->dose_mg)
    dose += fmt::format("<br><span class=\"flag\">{}</span>", term("extrapolation", "extrapolates"));
  const AttainmentPoint& a = answer->attainment;
  std::string attained = fmt::format("{}<br><span class=\"nowrap\">{} to {}</span>", percent(a.mean),
                                     percent(a.q5), percent(a.q95));
  if (!answer->dose_mg) attained += fmt::format("<br>at {} {}", plain(a.dose_mg), escape(unit));
  return {dose, attained, answer->dose_mg ? number(answer->probability_target_met, 2) : "–"};
}

/// "5.5 mg instead of 8.5 mg, <b>3 mg lower</b> (35%)".
std::string step_words(const TargetStep& step, const std::string& unit) {
  const DoseAnswer &high = *step.higher, &low = *step.lower;
  const std::string doses = fmt::format("{} instead of {}", dose_words(low, unit), dose_words(high, unit));
  if (!low.dose_mg || !high.dose_mg || *high.dose_mg == 0) return doses;
  const double difference = *high.dose_mg - *low.dose_mg;
  return fmt::format("{}, <b>{} {} lower</b> ({})", doses, plain(difference), escape(unit),
                     percent(difference / *high.dose_mg));
}

}  // namespace

std::string answer_table(const Doses& doses) {
  const std::vector<AnswerRow> rows = answer_rows(doses);
  const bool has_kernel =
      std::any_of(rows.begin(), rows.end(), [](const AnswerRow& row) { return row.kernel != nullptr; });
  const std::vector<std::string> columns{"Dose", "Attained", term("probability-met", "P(met)")};
  html::Table table;
  table.caption = fmt::format(
      "<b>All answers.</b> Dose: the smallest of the grid whose mean {} ({} at {}) "
      "reaches the target; below it where the mean curve crosses the target, off the grid, with its {}. "
      "Attained: share of "
      "the population at that dose, with its 90% band. P(met): probability that the share really reaches the "
      "target.",
      term("attainment"), endpoint_of_all(doses), term("steady-state"), term("band"));
  table.groups = {{"Question", 3}, {term("posterior", "Posterior (Stage 2)"), columns.size()}};
  table.head = {"Scenario", "Regimen", "Target"};
  table.head.insert(table.head.end(), columns.begin(), columns.end());
  table.text_columns = {0, 1};
  if (has_kernel) {
    table.groups.push_back({term("kernel", "Quantum kernel (Stage 3)"), columns.size()});
    table.head.insert(table.head.end(), columns.begin(), columns.end());
  }
  for (const AnswerRow& row : rows) {
    const DoseAnswer& q = row.question();
    std::vector<std::string> cells{scenario_cell(q, doses), regimen_cell(q), percent(q.target)};
    for (std::string& cell : source_cells(row.posterior, doses.dose_unit)) cells.push_back(std::move(cell));
    if (has_kernel)
      for (std::string& cell : source_cells(row.kernel, doses.dose_unit)) cells.push_back(std::move(cell));
    table.rows.push_back(std::move(cells));
  }
  return html::render(table);
}

std::string target_steps_table(const Doses& doses) {
  html::Table table;
  table.caption = "<b>How much lower when fewer are enough.</b>";
  table.head = {"Population", "Regimen", "Share", "Posterior", "Quantum kernel"};
  table.text_columns = {0, 1, 2, 3, 4};
  std::vector<const DoseAnswer*> questions;  // one a row
  for (const TargetStep& step : target_steps(doses)) {
    const DoseAnswer& low = *step.lower;
    const auto same =
        std::ranges::find_if(questions, [&](const DoseAnswer* q) { return same_question(*q, low); });
    const auto row = static_cast<std::size_t>(same - questions.begin());
    if (same == questions.end()) {
      questions.push_back(&low);
      table.rows.push_back(
          {scenario_cell(low, doses), regimen_cell(low),
           fmt::format("{} instead of {}", percent(low.target), percent(step.higher->target)), "–", "–"});
    }
    table.rows[row][low.source == "kernel" ? 4 : 3] = step_words(step, doses.dose_unit);
  }
  return table.rows.empty() ? "" : html::render(table);
}

}  // namespace qdose
