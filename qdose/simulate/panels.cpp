#include "qdose/simulate/panels.hpp"

#include <algorithm>

namespace qdose {

std::vector<double> breaks_of(const Schedule& schedule) {
  std::vector<double> breaks;
  for (const Dose& dose : schedule.doses) {
    breaks.push_back(dose.time);
    if (dose.duration > 0) breaks.push_back(dose.time + dose.duration);
  }
  std::sort(breaks.begin(), breaks.end());
  breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
  return breaks;
}

std::vector<PanelSpan> cut_panels(double from, double to, std::span<const double> breaks,
                                  const Resolution& resolution) {
  std::vector<PanelSpan> panels;
  for (std::size_t b = 0; b < breaks.size(); ++b) {
    const double start = std::max(from, breaks[b]);
    const double end = std::min(to, b + 1 < breaks.size() ? breaks[b + 1] : to);
    if (end > start)
      cut_piece(start, end, breaks[b], resolution, [&](double at, double length) {
        panels.push_back({at, length});
      });
  }
  return panels;
}

}  // namespace qdose
