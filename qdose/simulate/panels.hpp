// How the time axis is cut into panels: short after a dose, longer as the concentration flattens.
#pragma once
#include <span>
#include <vector>

#include "qdose/simulate/plan.hpp"

namespace qdose {

struct PanelSpan {
  double start = 0, length = 0;
};

/// Panels from `from` to `to` (h): cut at the `breaks` (ascending: dose times, ends of infusions), and within
/// each piece by the resolution. Before the first break nothing has happened yet and no panel is made.
std::vector<PanelSpan> cut_panels(double from, double to, std::span<const double> breaks,
                                  const Resolution& resolution);

/// Times at which the concentration of a schedule bends: doses and ends of infusions, ascending, distinct.
std::vector<double> breaks_of(const Schedule& schedule);

}  // namespace qdose
