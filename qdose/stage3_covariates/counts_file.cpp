#include "qdose/stage3_covariates/counts_file.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

constexpr std::size_t most_faults = 20;

/// One line of counts.
struct CountRow {
  std::size_t row = 0, column = 0, count = 0;
  std::string_view outcome;
};

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t comma = line.find(',');
    parts.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    line.remove_prefix(comma + 1);
  }
}

/// A line's content, or what is wrong with it.
Result<CountRow> parse_row(std::string_view line, std::size_t people, const std::string& place) {
  const auto fault = [&](const std::string& message, const char* hint) {
    return Error{Fault::bad_input, message, place, hint};
  };
  const auto parts = fields(line);
  if (parts.size() != 4)
    return fault(fmt::format("{} fields instead of 4", parts.size()), "row,column,outcome,count");
  const auto row = whole_number(parts[0]), column = whole_number(parts[1]), count = whole_number(parts[3]);
  if (!row || !column || !count)
    return fault("row, column and count must be whole numbers", "people count from 0");
  if (*row >= people || *column >= people)
    return fault(fmt::format("there are only {} people", people),
                 "people count from 0, in the order of fit.json");
  if (parts[2].empty() || parts[2].find_first_not_of("01") != std::string_view::npos)
    return fault(fmt::format("{} is no outcome", parts[2]), "a word of 0 and 1, one digit a qubit");
  return CountRow{*row, *column, *count, parts[2]};
}

}  // namespace

Result<MeasuredCounts> parse_counts(std::string_view text, const std::string& name, std::size_t people) {
  const auto n = static_cast<Eigen::Index>(people);
  Eigen::MatrixXd zeros = Eigen::MatrixXd::Zero(n, n), all = zeros;
  MeasuredCounts counts;
  Errors errors;
  bool header = false;
  for (std::size_t number = 1; !text.empty() && errors.size() < most_faults; ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::string place = fmt::format("{}:{}", name, number);
    if (!header) {
      header = line == "row,column,outcome,count";
      if (!header) return Error{Fault::bad_input, "the header is missing", place, "row,column,outcome,count"};
      continue;
    }
    const Result<CountRow> parsed = parse_row(line, people, place);
    if (!parsed) {
      errors.push_back(parsed.errors().front());
      continue;
    }
    const auto i = static_cast<Eigen::Index>(parsed->row), j = static_cast<Eigen::Index>(parsed->column);
    const int qubits = static_cast<int>(parsed->outcome.size());
    if (counts.qubits == 0) counts.qubits = qubits;
    if (qubits != counts.qubits)
      errors.push_back({Fault::bad_input,
                        fmt::format("outcomes of {} and of {} qubits", counts.qubits, qubits), place, ""});
    const bool zero = parsed->outcome.find('1') == std::string_view::npos;
    for (const auto& [a, b] : {std::pair{i, j}, std::pair{j, i}}) {
      all(a, b) += static_cast<double>(parsed->count);
      if (zero) zeros(a, b) += static_cast<double>(parsed->count);
      if (i == j) break;
    }
  }
  if (!errors.empty()) return errors;
  counts.frequency = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN());
  counts.shots = std::numeric_limits<double>::infinity();
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j) {
      if (all(i, j) > 0)
        counts.frequency(i, j) = zeros(i, j) / all(i, j), counts.shots = std::min(counts.shots, all(i, j));
      if (i < j && all(i, j) <= 0 && errors.size() < most_faults)
        errors.push_back({Fault::bad_input, fmt::format("the pair {}, {} has no counts", i, j), name,
                          "all pairs are needed"});
    }
  if (!errors.empty()) return errors;
  return counts;
}

Result<MeasuredCounts> read_counts(const std::filesystem::path& path, std::size_t people) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  return parse_counts(*text, path.filename().string(), people);
}

}  // namespace qdose
