// Whether a model can do without the random effects that a pilot's picture left out.
#pragma once
#include "qdose/stage2_population/choose_structure.hpp"

namespace qdose {

/// `choice` with random effects put back where the model cannot do without them. A picture is drawn where
/// everybody varies; what is left out there may be missed once it is gone, where one parameter stands in for
/// another or a likelihood is far from normal. So the pilot goes on without them, and where its evidence
/// falls more than 5 natural units (odds of 150 to 1) below that of `pilot`, the random effect that raises it
/// most comes back, until it does not. Costs a few rounds of a pilot where the choice stands, nothing where
/// no random effect was left out. Faults: those of explore.
Result<StructureChoice> checked_choice(const Pilot& pilot, StructureChoice choice);

}  // namespace qdose
