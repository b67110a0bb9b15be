// The dose answers as a reader compares them: both sources of one question in one row, and questions that
// differ only in the share of the population asked for next to each other.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/doses.hpp"

namespace qdose {

/// One question (scenario, regimen, target) and what either source says; a pointer is null where it says
/// nothing. The pointers lead into the Doses that the rows were made from.
struct AnswerRow {
  const DoseAnswer* posterior = nullptr;
  const DoseAnswer* kernel = nullptr;
  const DoseAnswer& question() const { return posterior ? *posterior : *kernel; }
};

/// Whether two answers differ in their source only.
bool same_question(const DoseAnswer& a, const DoseAnswer& b);

/// Rows in the order in which questions first appear. The truth of a virtual trial is
/// left out; any other source counts as posterior.
std::vector<AnswerRow> answer_rows(const Doses& doses);

/// Two answers on the same population and regimen from the same source; `lower` asks for a smaller share.
struct TargetStep {
  const DoseAnswer* higher = nullptr;
  const DoseAnswer* lower = nullptr;
};

/// Every such pair of neighbouring targets. Populations are the same when their scenario or their description
/// is.
std::vector<TargetStep> target_steps(const Doses& doses);

/// What `answer` asks people to do, as HTML: "stay below 3.3", or "attain" another endpoint of the user's.
std::string goal_words(const DoseAnswer& answer, const Doses& doses);

/// Whether scenarios of the user's ask for different endpoints.
bool endpoints_differ(const Doses& doses);

/// The endpoint of all answers as HTML, or a word for it where they differ.
std::string endpoint_of_all(const Doses& doses);

/// "once daily", "once weekly", "every 48 h".
std::string regimen_words(const DoseAnswer& answer);

/// "3.5 mg", "0 mg: no drug needed", or "none up to 10 mg" with the largest dose searched; `unit` is escaped.
std::string dose_words(const DoseAnswer& answer, const std::string& unit);

}  // namespace qdose
