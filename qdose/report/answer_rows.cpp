#include "qdose/report/answer_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "qdose/report/html.hpp"

namespace qdose {
namespace {

bool same_population(const DoseAnswer& a, const DoseAnswer& b) {
  return a.source == b.source && a.regimen == b.regimen && a.interval_h == b.interval_h &&
         (a.scenario == b.scenario || (!a.description.empty() && a.description == b.description));
}

std::string side(const Doses& doses) { return doses.direction == "above" ? "above" : "below"; }

/// What `qdose dose` asks where no scenario says otherwise.
std::string usual_endpoint(const Doses& doses) {
  return fmt::format("biomarker {} {} through the whole interval", side(doses), html::plain(doses.threshold));
}

}  // namespace

bool same_question(const DoseAnswer& a, const DoseAnswer& b) {
  return a.scenario == b.scenario && a.regimen == b.regimen && a.interval_h == b.interval_h &&
         a.target == b.target;
}

std::vector<AnswerRow> answer_rows(const Doses& doses) {
  std::vector<AnswerRow> rows;
  for (const DoseAnswer& answer : doses.answers) {
    if (answer.source == "truth") continue;
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&](const AnswerRow& r) { return same_question(r.question(), answer); });
    if (row == rows.end()) row = rows.insert(rows.end(), AnswerRow{});
    (answer.source == "kernel" ? row->kernel : row->posterior) = &answer;
  }
  return rows;
}

std::vector<TargetStep> target_steps(const Doses& doses) {
  std::vector<TargetStep> steps;
  for (const DoseAnswer& lower : doses.answers) {
    const DoseAnswer* next = nullptr;  // the smallest larger target on the same population
    for (const DoseAnswer& higher : doses.answers)
      if (higher.target > lower.target && same_population(higher, lower) &&
          (!next || higher.target < next->target))
        next = &higher;
    if (next) steps.push_back({next, &lower});
  }
  return steps;
}

std::string goal_words(const DoseAnswer& answer, const Doses& doses) {
  const std::string usual = usual_endpoint(doses);
  if (answer.endpoint.empty() || answer.endpoint == usual)
    return fmt::format("stay {} {}", side(doses), html::plain(doses.threshold));
  return fmt::format("attain: {},", html::escape(answer.endpoint));
}

bool endpoints_differ(const Doses& doses) {
  return std::any_of(doses.answers.begin(), doses.answers.end(),
                     [&](const DoseAnswer& a) { return a.endpoint != doses.answers.front().endpoint; });
}

std::string endpoint_of_all(const Doses& doses) {
  if (endpoints_differ(doses)) return "its endpoint";
  const std::string own = doses.answers.empty() ? "" : doses.answers.front().endpoint;
  return html::escape(own.empty() ? usual_endpoint(doses) : own);
}

std::string regimen_words(const DoseAnswer& answer) {
  if (answer.regimen == "daily" || answer.regimen == "weekly") return "once " + answer.regimen;
  return fmt::format("every {} h", html::plain(answer.interval_h));
}

std::string dose_words(const DoseAnswer& answer, const std::string& unit) {
  const std::string u = html::escape(unit);
  if (answer.dose_mg && *answer.dose_mg == 0) return fmt::format("0 {}: no drug needed", u);
  if (answer.dose_mg) return fmt::format("{} {}", html::plain(*answer.dose_mg), u);
  if (answer.curve.empty()) return "none found";
  return fmt::format("none up to {} {}", html::plain(answer.curve.back().dose_mg), u);
}

}  // namespace qdose
