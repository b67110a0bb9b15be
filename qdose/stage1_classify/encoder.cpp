#include "qdose/stage1_classify/encoder.hpp"

#include <cmath>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

constexpr std::size_t pooling_heads = 4, pooling_hidden = 128;

/// Collects specs; a linear layer is a weight [out, in] with He's spread and a bias of zeros.
class SpecList {
 public:
  void linear(const std::string& name, std::size_t out, std::size_t in) {
    specs_.push_back({name + ".weight", {out, in}, in, 0});
    specs_.push_back({name + ".bias", {out}, 0, 0});
  }
  void zero_linear(const std::string& name, std::size_t out, std::size_t in) {
    specs_.push_back({name + ".weight", {out, in}, 0, 0});
    specs_.push_back({name + ".bias", {out}, 0, 0});
  }
  void norm(const std::string& name, std::size_t width) {
    specs_.push_back({name + ".weight", {width}, 0, 1});
    specs_.push_back({name + ".bias", {width}, 0, 0});
  }
  void add(WeightSpec spec) { specs_.push_back(std::move(spec)); }
  std::vector<WeightSpec> take() { return std::move(specs_); }

 private:
  std::vector<WeightSpec> specs_;
};

}  // namespace

std::vector<WeightSpec> weight_specs(const EncoderConfig& config, const EncoderTask& task) {
  const std::size_t d = static_cast<std::size_t>(config.width),
                    ff = static_cast<std::size_t>(config.feed_forward);
  const std::size_t classes = task.classes.size(), slots = task.slots.size(),
                    levels = task.reference_levels.size();
  SpecList list;
  list.linear("embed", d, task.features);
  if (!config.sinusoidal) list.linear("embed2", d, d);
  list.add({"cls", {d}, 0, 0});
  for (int i = 0; i < config.layers; ++i) {
    const std::string layer = "layer." + std::to_string(i) + ".";
    list.norm(layer + "norm1", d);
    list.linear(layer + "qkv", 3 * d, d);
    list.linear(layer + "out", d, d);
    list.norm(layer + "norm2", d);
    list.linear(layer + "ff1", ff, d);
    list.linear(layer + "ff2", d, ff);
  }
  list.norm("norm", d);
  list.linear("subject", d, 2 * d);
  list.linear("classes", classes, d);
  list.linear("parameters1", d, d + levels);
  list.linear("parameters2", slots, d);
  list.add({"levels.weight", {slots, levels}, 0, 0});
  list.linear("pool.value", d, d);
  list.linear("pool.score", pooling_heads, d);
  list.linear("pool.hidden", pooling_hidden, (pooling_heads + 1) * d + 1);
  list.zero_linear("pool.out", classes, pooling_hidden);
  // The pooled mean log posterior is multiplied by exp(s0 + s1 ln G): it starts as sqrt(G).
  list.add({"pool.sharpness0", {1}, 0, 0});
  list.add({"pool.sharpness1", {1}, 0, 0.5f});
  return list.take();
}

Encoder untrained_encoder(const EncoderConfig& config, const EncoderTask& task, std::uint64_t seed) {
  Encoder encoder;
  encoder.config = config;
  encoder.task = task;
  std::uint64_t item = 0;
  for (const WeightSpec& spec : weight_specs(config, task)) {
    Stream stream(seed, Purpose::initial_weights, item++);
    Tensor tensor{spec.shape, std::vector<float>(element_count(spec.shape), spec.start)};
    if (spec.fan_in > 0) {
      const double bound = 1.0 / std::sqrt(static_cast<double>(spec.fan_in));
      for (float& w : tensor.values) w = static_cast<float>(stream.uniform(-bound, bound));
    }
    encoder.weights.emplace(spec.name, std::move(tensor));
  }
  return encoder;
}

}  // namespace qdose
