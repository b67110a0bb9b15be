// Sizes and training settings of an encoder, by name: the report's five, and the small one that tunes in a
// minute.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace qdose {

/// Architecture and optimiser of one encoder. `width` is d_model, a multiple of `heads`.
struct EncoderConfig {
  std::string name = "small";
  int width = 96, heads = 4, layers = 3, feed_forward = 256;
  /// The report's input: one linear projection plus a sinusoidal encoding of continuous time. Otherwise two
  /// layers, and time enters through the token features alone.
  bool sinusoidal = false;
  int patch = 1;    ///< grid times a token, for priors with a fixed grid
  int batch = 256;  ///< subjects a step
  double learning_rate = 1.5e-3, weight_decay = 1e-3;
  double warmup = 0.04;             ///< share of the budget in which the learning rate rises
  double regression_weight = 0.15;  ///< lambda of the masked Huber loss next to the cross-entropies
  double trial_weight = 0.3;        ///< weight of the trial-level cross-entropy

  template <class Visitor>
  void visit(Visitor&& v) {
    v("width", width, "width of a token's vector (d_model), a multiple of heads");
    v("heads", heads, "attention heads");
    v("layers", layers, "encoder layers");
    v("feed_forward", feed_forward, "hidden width of a layer's feed-forward part");
    v("sinusoidal", sinusoidal, "sinusoidal encoding of continuous time, as in the report");
    v("patch", patch, "neighbouring times of a fixed grid that make one token");
    v("batch", batch, "subjects a training step");
    v("learning_rate", learning_rate, "largest learning rate of AdamW");
    v("weight_decay", weight_decay, "decoupled weight decay of AdamW");
    v("warmup", warmup, "share of the budget in which the learning rate rises (0-1)");
    v("regression_weight", regression_weight, "weight of the masked Huber loss of parameters");
    v("trial_weight", trial_weight, "weight of the trial-level cross-entropy");
  }
};

/// All named configurations: "small" first, then 000 to 004 of the report's table 3 (dropout left out:
/// samples never repeat, so there is nothing to regularise).
std::span<const EncoderConfig> encoder_configs();

/// The report's five alone, 000 to 004.
std::span<const EncoderConfig> report_configs();

/// A configuration by name.
std::optional<EncoderConfig> find_encoder_config(std::string_view name);

}  // namespace qdose
