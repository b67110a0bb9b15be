#include "qdose/base/progress_line.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace qdose {

std::string short_number(double value) {
  constexpr const char* units[] = {"", "k", "M", "G", "T"};
  std::size_t unit = 0;
  // 999.5 would be written as 1000 of the smaller unit.
  while (value >= 999.5 && unit + 1 < std::size(units)) value /= 1000, ++unit;
  const bool whole = value >= 99.95 || (unit == 0 && value == std::floor(value));
  return fmt::format("{:.{}f}{}", value, whole ? 0 : 1, units[unit]);
}

std::string clock_text(double seconds) {
  const auto s = static_cast<long>(std::clamp(seconds, 0.0, 3.6e9));
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{:02}:{:02}", s / 60, s % 60);
}

std::string progress_line(const ProgressState& state, std::size_t width) {
  std::string line(state.task);
  const double rate = state.seconds > 0 ? static_cast<double>(state.done) / state.seconds : 0;
  if (state.total > 0) {
    constexpr std::size_t cells = 24;
    const double share = std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
    const auto full = static_cast<std::size_t>(share * cells);
    line += fmt::format("  [{:#<{}}{:.<{}}] {:3.0f}%", "", full, "", cells - full, std::floor(100 * share));
  } else {
    line += fmt::format("  {}", state.done);
  }
  if (rate > 0) line += fmt::format("  {}/s", short_number(rate));
  if (rate > 0 && state.done < state.total)
    line += fmt::format("  {} left", clock_text(static_cast<double>(state.total - state.done) / rate));
  if (!state.note.empty()) line += fmt::format("  {}", state.note);
  if (line.size() > width) line.resize(width);
  return line;
}

}  // namespace qdose
