// An endless supply of labelled virtual trials: what an encoder is trained, validated and tested on.
#pragma once
#include <cstdint>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/features.hpp"

namespace qdose {

/// Virtual trials of `group` subjects each, one after the other.
struct LabelledTrials {
  std::size_t group = 1;
  TokenSet tokens;                 ///< subjects of all trials; levels [trials][level_count]
  std::vector<std::size_t> label;  ///< class of each trial
  std::vector<float> target;       ///< [subjects][slots] standardised parameters, 0 where absent
  std::vector<float> mask;         ///< [subjects][slots] 1 where the subject's class has the parameter
  std::size_t trials() const { return label.size(); }
};

/// A distribution over classes, designs and parameters.
class Problem {
 public:
  virtual ~Problem() = default;
  virtual const EncoderTask& task() const = 0;
  /// Subjects of a whole trial.
  virtual std::size_t full_group() const = 0;
  /// Sizes of the groups in which trials are drawn for training, step after step.
  virtual std::vector<std::size_t> group_sizes() const { return {2, 4, 8, full_group()}; }
  /// Trials first_item, first_item + 1, ... of the streams of `purpose` (training, validation or test), each
  /// with `group` of the trial's subjects. The same arguments give the same trials on any thread; no two
  /// purposes and no two items share a random number.
  virtual LabelledTrials draw(Purpose purpose, std::uint64_t first_item, std::size_t trials,
                              std::size_t group) const = 0;
  /// The trial that draw(purpose, item, 1, group) shows in tokens, with its values; without subjects where a
  /// problem does not keep them.
  virtual Trial trial(Purpose, std::uint64_t /*item*/, std::size_t /*group*/) const { return {}; }
};

}  // namespace qdose
