// PD panels of a class with a lag or a modelled duration: the concentration bends where the parameters say,
// so every evaluation cuts the time axis anew, for each lane.
#pragma once
#include <vector>

#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// Makes room in a plan that has its doses: as many panels before each of the times `until` (h, ascending in
/// each lane) as any lag or duration up to two dosing intervals needs. Nodes and lengths become the plan's
/// last points.
OwnPanels room_for_own_panels(const PkPlan& plan, const std::vector<Lanes>& until,
                              const Resolution& resolution);

/// The panels of plan.own for doses that arrive `lag` h after they are given and take `duration` h (null:
/// what the plan says). A lane with fewer panels than there is room for is padded with panels of length 0;
/// one with more joins the shortest neighbours.
void cut_own_panels(const PkPlan& plan, const Lanes& lag, const Lanes* duration,
                    std::vector<OwnPanel>& panels);

}  // namespace qdose
