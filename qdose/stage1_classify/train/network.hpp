// The network that learns: the same weights and arithmetic as inference.hpp, with gradients by libtorch. This
// header shows no libtorch type, so that one file alone pays for its headers.
#pragma once
#include <memory>

#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// Mean losses of one step.
struct StepLoss {
  double subject = 0, trial = 0, regression = 0;  ///< cross-entropies in nats, masked Huber
};

/// How libtorch computes: threads, bfloat16 products with float32 weights and sums (on the CPU), or on a CUDA
/// device (float32, products with TF32's ten bits of mantissa).
struct Arithmetic {
  int threads = 1;
  bool bfloat16 = false;
  bool cuda = false;
};

/// True when libtorch finds a CUDA device.
bool has_cuda();

/// The arithmetic for a device of device_names(). Faults: "cuda" where there is none.
Result<Arithmetic> arithmetic_for(const std::string& device, int threads);

/// True when this processor multiplies bfloat16 matrices in hardware.
bool has_fast_bfloat16();

/// Weights in training, with AdamW's moments and their average over roughly the last ninth of all steps
/// (polynomial-decay averaging with eta = 8, Shamir & Zhang 2013, ICML), which is the result: a step's noise
/// averages out, so that a short training may take steps of the size that it needs.
class TrainingNetwork {
 public:
  static constexpr double first_moment_decay = 0.9, second_moment_decay = 0.98;  ///< AdamW's betas

  TrainingNetwork(const Encoder& start, Arithmetic arithmetic);
  ~TrainingNetwork();

  /// One AdamW step (gradient norm clipped at 1) at this learning rate.
  StepLoss step(const LabelledTrials& batch, double learning_rate);

  /// Outputs of the averaged weights in float32, without gradients.
  EncoderOutput forward(const TokenSet& tokens, std::size_t group);

  /// The averaged weights under their names.
  std::map<std::string, Tensor> weights() const;
  /// Weights of the same names and shapes instead, for the average too; moments stay.
  void set_weights(const std::map<std::string, Tensor>& weights);

  /// Everything that a resumed training needs, and back: weights, moments, number of steps.
  TensorFile state() const;
  Result<Done> restore(const TensorFile& state);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace qdose
