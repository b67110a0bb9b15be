// Which of the other columns describe the subjects.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "qdose/data/columns.hpp"
#include "qdose/data/subjects.hpp"

namespace qdose {

/// Finds the covariates among Columns::others, adds them to `trial` and their values to its subjects
/// (`groups` gives each subject's rows, in the order of trial.subjects).
///
/// A covariate is a numeric column that is constant within every subject, varies between them and neither
/// follows the dose nor numbers the subjects. At most five distinct whole numbers, with two subjects a level
/// on average, make it categorical; else it must be positive, because it acts as a power of x / median. A
/// missing value is replaced by the reference. Notes say what was left out and why; a doubtful column is
/// never a fault.
void find_covariates(const Table& table, const Columns& columns, std::span<const SubjectRecords> groups,
                     Trial& trial);

}  // namespace qdose
