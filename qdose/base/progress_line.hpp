// The text of a progress bar, apart from the terminal that shows it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace qdose {

/// State of one task as a bar shows it.
struct ProgressState {
  std::string_view task, note;
  std::size_t done = 0, total = 0;  ///< total 0: unknown, no bar and no time left
  double seconds = 0;               ///< since the task began
};

/// "fit  [#####.....]  50%  1.2k/s  00:07 left  note", cut to `width` columns.
std::string progress_line(const ProgressState& state, std::size_t width);

/// "42", "1.2k", "3.4M": three significant figures are enough for a rate.
std::string short_number(double value);

/// "00:07", "12:30", "2:05:00".
std::string clock_text(double seconds);

}  // namespace qdose
