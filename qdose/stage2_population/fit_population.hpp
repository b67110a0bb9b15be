// Stage 2: the whole posterior of a population, with what a reader needs to judge it.
#pragma once
#include <string_view>

#include "qdose/base/progress.hpp"
#include "qdose/base/work_share.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/fit_settings.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

/// Fits one pair of classes to all subjects of a trial at once. `pd_id` may be empty (PK only). `scales` say
/// where to start and centre the priors of the typical values (structure.hpp). Same numbers at any thread
/// count. Fault::bad_usage for unknown classes or settings out of range, Fault::bad_input without usable
/// observations, Fault::numerical when no start explains the data or the work was interrupted. A fit that did
/// not converge is returned, with a note.
/// With `share` the chains are shared among processes; all of them get the whole fit, the same as one alone.
Result<Fit> fit_population(const Trial& trial, std::string_view pk_id, std::string_view pd_id,
                           const FitSettings& settings, const StartingScales& scales, Progress& progress,
                           const WorkShare* share = nullptr);

}  // namespace qdose
