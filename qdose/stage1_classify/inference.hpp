// The network's forward pass in plain C++: what `qdose` runs, without libtorch.
#pragma once
#include <vector>

#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/features.hpp"

namespace qdose {

/// What the network says of trials of `group` subjects each. Logits of impossible classes are -1e9.
struct EncoderOutput {
  std::size_t subjects = 0, classes = 0, slots = 0;
  std::vector<float> subject_logits;  ///< [subjects][classes], before the temperature
  std::vector<float> parameters;      ///< [subjects][slots], standardised
  std::vector<float> trial_logits;    ///< [subjects / group][classes]
};

inline constexpr float impossible_logit = -1e9f;

/// Evaluates the encoder in float32. `tokens` holds whole trials of `group` subjects, and per trial one row
/// of levels (tokens.levels, [trials][level_count]). The result agrees with libtorch's to 1e-5 and does not
/// depend on `threads`.
EncoderOutput run_encoder(const Encoder& encoder, const TokenSet& tokens, std::size_t group, int threads = 1);

/// softmax(logits / temperature) of one row; impossible classes get exactly 0.
std::vector<double> probabilities(const float* logits, std::size_t classes, double temperature);

}  // namespace qdose
