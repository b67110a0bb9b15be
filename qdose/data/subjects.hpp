// From events to subjects: grouped by ID, ordered in time, additional doses written out.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "qdose/data/records.hpp"
#include "qdose/data/trial.hpp"

namespace qdose {

/// A subject's records: `rows` are positions in Table::rows.
struct SubjectRecords {
  Subject subject;
  std::vector<std::size_t> rows;
};

/// Subjects in the order of their first record, without covariates; docs/record-semantics.md has the rules.
/// Faults: TIME that goes back within a block of rows without a reset, a dose before time 0, a record that is
/// repeated, values after a reset without a dose, SS 2 after a value, a negative concentration. Notes:
/// subjects in several blocks, replicates, doses after the last observation, doubtful times.
std::vector<SubjectRecords> group_subjects(std::span<const Record> records, Faults& faults,
                                           std::vector<std::string>& notes);

}  // namespace qdose
