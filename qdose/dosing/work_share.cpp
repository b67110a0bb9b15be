#include "qdose/dosing/work_share.hpp"

namespace qdose {
namespace {

/// One process's jobs as a row of numbers: whether it was stopped, then for each job the number of courses,
/// for each course that of subjects, for each subject six numbers.
std::vector<double> packed(const WorkShare& share, bool stopped, const std::vector<CourseDoses>& found) {
  std::vector<double> row{stopped ? 1.0 : 0.0};
  if (stopped) return row;
  for (std::size_t j = 0; j < found.size(); ++j) {
    if (!share.is_mine(j)) continue;
    row.push_back(static_cast<double>(found[j].size()));
    for (const auto& subjects : found[j]) {
      row.push_back(static_cast<double>(subjects.size()));
      for (const AttainedDoses& d : subjects)
        row.insert(row.end(), {d.at_zero ? 1.0 : 0.0, static_cast<double>(d.count), d.switches[0],
                               d.switches[1], d.switches[2], d.failed ? 1.0 : 0.0});
    }
  }
  return row;
}

CourseDoses unpacked(const std::vector<double>& row, std::size_t& at) {
  CourseDoses courses(static_cast<std::size_t>(row[at++]));
  for (auto& subjects : courses) {
    subjects.resize(static_cast<std::size_t>(row[at++]));
    for (AttainedDoses& d : subjects) {
      d = {row[at] != 0,
           static_cast<std::uint8_t>(row[at + 1]),
           {row[at + 2], row[at + 3], row[at + 4]},
           row[at + 5] != 0};
      at += 6;
    }
  }
  return courses;
}

}  // namespace

bool share_results(const WorkShare& share, bool stopped, std::vector<CourseDoses>& found) {
  const auto rows = share.gather(packed(share, stopped, found));
  for (const auto& row : rows)
    if (row.front() != 0) return false;
  std::vector<std::size_t> at(rows.size(), 1);
  for (std::size_t j = 0; j < found.size(); ++j) {
    const std::size_t owner = j % rows.size();
    found[j] = unpacked(rows[owner], at[owner]);
  }
  return true;
}

}  // namespace qdose
