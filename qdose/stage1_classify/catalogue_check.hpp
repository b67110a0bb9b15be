// The check "does any class explain this trial?" tried on simulated trials whose answer is known.
#pragma once
#include <cstdint>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

struct CheckRequest {
  std::size_t trials = 200;       ///< of each kind
  const Trial* design = nullptr;  ///< of a problem that is scaled to a trial
  const Encoder* pk = nullptr;    ///< for PD: the general encoder that names the exposures' class
  std::uint64_t seed = 1;
  int threads = 1;
};

/// On the first test trials of the problem, full size: the share that is flagged although a class explains
/// them (false alarms), and the share flagged when what made them is not among the classes:
///  - "without the true class", and by class: the class (and its other name) is taken off the list that the
///  encoder chooses from; a
///    wider class may rightly explain these trials;
///  - "two classes in one trial": every second subject follows another class (problems of one design only);
///  - "doses that enter in two waves": every dose enters in two halves, the second half an interval later,
///  which the trial does
///    not tell (PK problems of one design only).
/// The encoder is general (it is fitted to each trial) or belongs to the design. Faults: interrupted.
Result<CatalogueCheck> check_catalogue(const Encoder& encoder, const Problem& problem,
                                       const CheckRequest& request, Progress& progress);

}  // namespace qdose
