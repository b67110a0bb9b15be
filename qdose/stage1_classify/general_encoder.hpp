// The general encoder at work on one trial: as it is, and as the start of tuning.
#pragma once
#include "qdose/base/result.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

/// The general encoder for this trial: parameters in its units, classes that its route allows. The trial must
/// have usable subjects of the role.
Encoder fitted_to(const Encoder& general, const Trial& trial);

/// The weights a training begins with: random ones (job.seed), or those of the encoder in job.start with its
/// outputs rewritten for this task. Faults: an unreadable file, an encoder of another shape.
Result<Encoder> starting_encoder(const TrainJob& job, const EncoderTask& task);

}  // namespace qdose
