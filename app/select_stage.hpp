// Stage 1 as a command sees it: what the encoder says, what the likelihood says, and which classes go on.
#pragma once
#include "app/class_settings.hpp"
#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/selection.hpp"
#include "qdose/stage1_classify/select.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

/// Which classes the likelihood ranks.
enum class Ranking { of_all, of_need };

/// Classes for the trial. The encoder's choice stands unless another class explains the population better by
/// more than 10 in BIC ("very strong", Kass & Raftery 1995); both verdicts are kept. Classes that the user
/// names are taken as they are. Faults: unknown ids, a trial without concentrations or without responses, an
/// interrupt. Where the selection is only to be fitted (Ranking::of_need), a PD class that is named is not
/// compared with others; its own fit is the same.
Result<Selection> select_stage(const Trial& trial, SelectSettings settings, const ClassSettings& classes,
                               const Context& context, Ranking ranking = Ranking::of_all);

/// Where Stage 2 starts: typical values of the selected classes' likelihood fits, or of the trial's prior.
StartingScales starting_scales(const Trial& trial, const Selection& selection, std::uint64_t seed);

/// The selection as text for a terminal.
std::string selection_text(const Selection& selection);

}  // namespace qdose
