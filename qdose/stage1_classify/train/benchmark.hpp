// How fast training is, next to what libtorch offers out of the box.
#pragma once
#include "qdose/stage1_classify/encoder_config.hpp"
#include "qdose/stage1_classify/train/network.hpp"

namespace qdose {

/// Samples (39 tokens each, the report's PK problem) per second, of processor time where one thread computes.
struct TrainingSpeed {
  double ours = 0;  ///< this program's network: forward, backward, AdamW
  double stock =
      0;  ///< torch::nn::TransformerEncoder of the same sizes with its dropout of 0.1, and torch's AdamW
  double stock_inference = 0;  ///< forward pass of that network alone, in evaluation mode
};

/// Times a few steps of each in turn, the best of three rounds (wall clock with more than one
/// thread and on a CUDA device).
TrainingSpeed training_speed(const EncoderConfig& config, const Arithmetic& how);

}  // namespace qdose
