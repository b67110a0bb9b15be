// Typical parameters of one class by symbol, while a prior fills them in.
#pragma once
#include <cmath>
#include <string_view>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/trial_scales.hpp"

namespace qdose {

class TypicalValues {
 public:
  explicit TypicalValues(const ModelInfo& model)
      : model_(model), values_(model.parameters.size(), std::nan("")) {}

  const ModelInfo& model() const { return model_; }
  bool has(std::string_view symbol) const { return parameter_index(model_, symbol) >= 0; }
  /// Sets a parameter (natural scale) if the class has it.
  void set(std::string_view symbol, double value) {
    const int i = parameter_index(model_, symbol);
    if (i >= 0) values_[static_cast<std::size_t>(i)] = value;
  }
  bool is_set(std::size_t i) const { return !std::isnan(values_[i]); }
  double& operator[](std::size_t i) { return values_[i]; }
  double operator[](std::size_t i) const { return values_[i]; }

 private:
  const ModelInfo& model_;
  std::vector<double> values_;
};

/// Fill in what they know of a class's parameters, drawn around the trial's scales.
void draw_pk_values(const TrialScales& scales, Stream& stream, TypicalValues& values);
void draw_pd_values(const TrialScales& scales, Stream& stream, TypicalValues& values);

}  // namespace qdose
