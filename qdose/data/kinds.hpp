// What the observations are and how the drug gets in, where the file says so only by compartments.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "qdose/data/records.hpp"
#include "qdose/data/trial.hpp"

namespace qdose {

/// Without DVID: of the two compartments that are observed the lower one is the drug's, the next one the
/// biomarker's. Faults: no CMT either, or not two observed compartments.
void infer_observed(std::span<Record> records, const Columns& columns, Faults& faults,
                    std::vector<std::string>& notes);

/// Doses into the compartment whose concentration is observed are intravenous, into another one
/// extravascular; a duration makes them infusions. `unknown` where CMT does not tell. Fault: doses into
/// several compartments.
Route infer_route(std::span<const Record> records, Faults& faults, std::vector<std::string>& notes);

}  // namespace qdose
