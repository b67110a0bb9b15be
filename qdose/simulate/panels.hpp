// How the time axis is cut into panels: short after a dose, longer as the concentration flattens.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "qdose/simulate/occasions.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

struct PanelSpan {
  double start = 0, length = 0;
};

/// Cuts [from, to], both after the bend at `since`, into panels that grow with the time since that bend:
/// emit(start, length) for each.
template <class Emit>
void cut_piece(double from, double to, double since, const Resolution& r, Emit emit) {
  if (to - from >= part_of_washout) {  // all is at rest by its first node
    emit(from, to - from);
    return;
  }
  double t = from;
  while (to - t > 1e-9) {
    const double u = t - since, most = std::max(r.longest, std::min(r.growth, 1.0) * u);
    double h = std::min(std::max(r.first, r.growth * u), most);
    const double left = to - t;
    if (left < 1.4 * h) h = left;
    emit(t, h);
    t += h;
  }
}

/// Panels from `from` to `to` (h): cut at the `breaks` (ascending: dose times, ends of infusions), and within
/// each piece by the resolution. Before the first break nothing has happened yet and no panel is made.
std::vector<PanelSpan> cut_panels(double from, double to, std::span<const double> breaks,
                                  const Resolution& resolution);

/// Times at which the concentration of a schedule bends: doses and ends of infusions, ascending, distinct.
std::vector<double> breaks_of(const Schedule& schedule);

}  // namespace qdose
