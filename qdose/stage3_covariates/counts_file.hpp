// What a quantum computer counted, read back as kernel values.
#pragma once
#include <Eigen/Dense>
#include <filesystem>
#include <string_view>

#include "qdose/base/result.hpp"

namespace qdose {

/// A kernel among n people from counts, symmetric; pairs that were not measured are NaN.
struct MeasuredCounts {
  Eigen::MatrixXd frequency;  ///< [n][n] share of all-zero outcomes
  double shots = 0;           ///< the fewest a pair
  int qubits = 0;
};

/// Reads a CSV with the header row,column,outcome,count: people are numbered from 0, an outcome is a word of
/// 0 and 1, one digit a qubit, and a pair has a line for every outcome that was seen. Outcomes of (i, j) and
/// (j, i) add up. Faults (bad_input), all at once with file:line: a missing header, fields that are no
/// numbers, people beyond `people`, outcomes of other lengths, pairs without counts.
Result<MeasuredCounts> read_counts(const std::filesystem::path& path, std::size_t people);
Result<MeasuredCounts> parse_counts(std::string_view text, const std::string& name, std::size_t people);

}  // namespace qdose
