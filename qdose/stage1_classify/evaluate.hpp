// How good an encoder is on fresh trials of a problem.
#pragma once
#include <cstdint>
#include <functional>

#include "qdose/base/result.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// Fresh trials: `subjects` of them (rounded up to whole trials of the problem's full size), from the streams
/// of Purpose::test. `first_item` keeps several evaluations apart.
struct EvaluationRequest {
  std::size_t subjects = 10000;
  std::uint64_t first_item = 0;
  int threads = 1;
  std::function<void(double)> progress;  ///< told the share done, 0 to 1
};

/// Scores of the encoder at its own temperatures; its regression outputs are first rewritten for the
/// problem's standardisation. Faults: an encoder of another role, other classes or other features;
/// interrupted.
Result<Evaluation> evaluate_encoder(const Encoder& encoder, const Problem& problem,
                                    const EvaluationRequest& request);

}  // namespace qdose
