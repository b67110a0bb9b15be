#include "qdose/stage1_classify/encoder_config.hpp"

#include <array>

namespace qdose {
namespace {

EncoderConfig of_report(const char* name, int width, int heads, int layers, int feed_forward, int batch,
                        double learning_rate, double weight_decay, double warmup, double regression_weight) {
  EncoderConfig config;
  config.name = name;
  config.width = width;
  config.heads = heads;
  config.layers = layers;
  config.feed_forward = feed_forward;
  config.sinusoidal = true;
  config.batch = batch;
  config.learning_rate = learning_rate;
  config.weight_decay = weight_decay;
  config.warmup = warmup;
  config.regression_weight = regression_weight;
  return config;
}

/// One token for the whole grid: on a fixed grid a residual network says as much in a twentieth of the time.
EncoderConfig of_grid() {
  EncoderConfig config;
  config.name = "grid";
  config.width = 128;
  config.layers = 3;
  config.feed_forward = 384;
  config.patch = 64;
  config.batch = 512;
  return config;
}

}  // namespace

std::span<const EncoderConfig> encoder_configs() {
  static const std::array configs{
      EncoderConfig{},
      of_grid(),
      of_report("000", 64, 4, 4, 256, 256, 3e-4, 1e-2, 0.05, 1.0),
      of_report("001", 128, 8, 4, 512, 256, 3e-4, 1e-2, 0.05, 1.0),
      of_report("002", 128, 8, 6, 512, 256, 2e-4, 2e-2, 0.08, 0.7),
      of_report("003", 192, 8, 6, 768, 192, 2e-4, 1e-2, 0.08, 1.2),
      of_report("004", 128, 8, 8, 512, 256, 2e-4, 1e-2, 0.08, 1.0),
  };
  return configs;
}

std::span<const EncoderConfig> report_configs() { return encoder_configs().last(5); }

std::optional<EncoderConfig> find_encoder_config(std::string_view name) {
  for (const EncoderConfig& config : encoder_configs())
    if (config.name == name) return config;
  return std::nullopt;
}

}  // namespace qdose
