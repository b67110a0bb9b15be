#include "qdose/stage1_classify/parameter_targets.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr double least_variance = 1e-6;

}  // namespace

SlotMaker::SlotMaker(const ModelInfo& model, std::size_t model_index)
    : model_(model),
      model_index_(model_index),
      sum_(model.parameters.size(), 0),
      squares_(model.parameters.size(), 0) {}

void SlotMaker::add(std::span<const double> unbounded) {
  ++count_;
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    sum_[k] += unbounded[k];
    squares_[k] += unbounded[k] * unbounded[k];
  }
}

void SlotMaker::write(std::vector<ParameterSlot>& slots) const {
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    const double n = static_cast<double>(count_), mean = sum_[k] / n,
                 variance = squares_[k] / n - mean * mean;
    if (!(variance > 1e-9 * std::max(1.0, mean * mean))) continue;
    slots.push_back({model_index_, std::string(model_.parameters[k].symbol), model_.parameters[k].scale, mean,
                     std::sqrt(std::max(variance, least_variance))});
  }
}

void add_targets(const std::vector<ParameterSlot>& slots, const ModelInfo& model, std::size_t label,
                 std::span<const double> unbounded, LabelledTrials& batch) {
  for (const ParameterSlot& slot : slots) {
    const bool present = slot.model == label;
    double target = 0;
    if (present) {
      const auto k = static_cast<std::size_t>(parameter_index(model, slot.symbol));
      target = (unbounded[k] - slot.mean) / slot.sd;
    }
    batch.mask.push_back(present ? 1.0f : 0.0f);
    batch.target.push_back(static_cast<float>(target));
  }
}

}  // namespace qdose
