// A trained encoder: its weights, what they were trained for, and the form in which it is stored.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/models/definition.hpp"
#include "qdose/stage1_classify/encoder_config.hpp"
#include "qdose/stage1_classify/safetensors.hpp"

namespace qdose {

/// One output of the regression head: a parameter of a class, standardised on its unbounded scale.
struct ParameterSlot {
  std::size_t model = 0;  ///< index in EncoderTask::classes
  std::string symbol;
  Scale scale = Scale::log;
  double mean = 0, sd = 1;
};

/// What an encoder tells apart.
struct EncoderTask {
  Role role = Role::pk;
  std::vector<std::string> classes;  ///< ids, in the order of the catalogue
  std::vector<bool> possible;        ///< by class; the others get probability 0 and are not trained
  std::vector<ParameterSlot> slots;
  std::size_t features = 0;  ///< numbers a token
  std::vector<double>
      reference_levels;  ///< levels (features.hpp) at which the slots' values hold as they are
};

/// How sharp the logits are: probabilities are softmax(logit / temperature), fitted on validation trials.
struct Temperatures {
  double subject = 1, trial = 1;
};

struct Encoder {
  EncoderConfig config;
  EncoderTask task;
  Temperatures temperatures;
  std::uint64_t samples_seen = 0;  ///< subjects trained on
  double seconds = 0;              ///< training time
  std::map<std::string, Tensor> weights;
};

/// Name and shape of one weight; `fan_in` 0 marks those that start at zero (one for a norm's gain).
struct WeightSpec {
  std::string name;
  std::vector<std::size_t> shape;
  std::size_t fan_in = 0;
  float start = 0;
};

/// All weights of an encoder in a fixed order: the only place that knows the network's shapes.
std::vector<WeightSpec> weight_specs(const EncoderConfig& config, const EncoderTask& task);

/// An untrained encoder; the weights depend on the seed alone (Purpose::initial_weights).
Encoder untrained_encoder(const EncoderConfig& config, const EncoderTask& task, std::uint64_t seed);

/// encoder.safetensors: weights, and everything else as JSON in the header.
TensorFile to_tensor_file(const Encoder& encoder);
/// Faults: a missing or wrongly shaped weight, an unknown layout version. `place` names the file.
Result<Encoder> from_tensor_file(TensorFile file, const std::string& place);

Result<Done> save_encoder(const Encoder& encoder, const std::filesystem::path& path);
Result<Encoder> load_encoder(const std::filesystem::path& path);

}  // namespace qdose
