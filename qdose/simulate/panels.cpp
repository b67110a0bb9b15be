#include "qdose/simulate/panels.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/simulate/occasions.hpp"

namespace qdose {

namespace {

/// Cuts [from, to], both after the break at `since`, into panels that grow with the time since that break.
void cut_piece(double from, double to, double since, const Resolution& r, std::vector<PanelSpan>& out) {
  if (to - from >= part_of_washout) {  // all is at rest by its first node
    out.push_back({from, to - from});
    return;
  }
  double t = from;
  while (to - t > 1e-9) {
    const double u = t - since, most = std::max(r.longest, std::min(r.growth, 1.0) * u);
    double h = std::min(std::max(r.first, r.growth * u), most);
    const double left = to - t;
    if (left < 1.4 * h) h = left;
    out.push_back({t, h});
    t += h;
  }
}

}  // namespace

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
    if (end > start) cut_piece(start, end, breaks[b], resolution, panels);
  }
  return panels;
}

}  // namespace qdose
