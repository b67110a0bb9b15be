// What the regression head learns: a class's parameters, standardised by draws of its prior.
#pragma once
#include <span>
#include <vector>

#include "qdose/models/catalogue.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// Collects prior draws of one class's parameters on their unbounded scales.
class SlotMaker {
 public:
  /// `model_index` is the class's index in EncoderTask::classes.
  SlotMaker(const ModelInfo& model, std::size_t model_index);
  /// One individual: unbounded values in the order of the class's parameters, `offset` subtracted first when
  /// given (units in which the encoder works).
  void add(std::span<const double> unbounded);
  /// Appends a slot for each parameter; one that never varies (held fixed by the prior) gets none.
  void write(std::vector<ParameterSlot>& slots) const;

 private:
  const ModelInfo& model_;
  std::size_t model_index_;
  std::size_t count_ = 0;
  std::vector<double> sum_, squares_;
};

/// Appends a subject's row of targets and mask: `unbounded` are the parameters of class `label`.
void add_targets(const std::vector<ParameterSlot>& slots, const ModelInfo& model, std::size_t label,
                 std::span<const double> unbounded, LabelledTrials& batch);

}  // namespace qdose
