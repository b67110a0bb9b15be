#include "qdose/simulate/priors.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/simulate/typical_values.hpp"

namespace qdose {
namespace {

/// A parameter that no rule knows (of a class that was added later), from its unit.
double draw_by_unit(const Parameter& parameter, const TrialScales& s, Stream& stream) {
  const double factor = stream.log_uniform(0.3, 3.0);
  if (parameter.scale == Scale::logit) return stream.uniform(0.1, 0.9);
  if (parameter.unit == "L/h") return s.clearance * factor;
  if (parameter.unit == "L") return s.clearance * s.half_life * factor;
  if (parameter.unit == "1/h") return factor / std::sqrt(s.pk_first * s.pk_profile);
  if (parameter.unit == "h") return std::sqrt(s.pk_first * s.pk_profile) * factor;
  if (parameter.unit == "mg/L") return std::sqrt(s.concentration_low * s.concentration_high) * factor;
  if (parameter.unit == "mg/h") return s.clearance * s.concentration_low * factor;
  if (parameter.unit == "ng/mL") return s.baseline * factor;
  return factor;
}

double to_unbounded_scale(Scale scale, double natural) {
  return scale == Scale::log ? std::log(natural) : std::log(natural / (1 - natural));
}

}  // namespace

PriorDraw draw_prior(const ModelInfo& model, const TrialScales& scales, Stream& stream) {
  TypicalValues values(model);
  if (model.role == Role::pk)
    draw_pk_values(scales, stream, values);
  else
    draw_pd_values(scales, stream, values);

  PriorDraw draw;
  const double spread = stream.uniform(0.15, 0.4);
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const Parameter& parameter = model.parameters[i];
    if (!values.is_set(i)) values[i] = draw_by_unit(parameter, scales, stream);
    draw.typical.push_back(to_unbounded_scale(parameter.scale, values[i]));
    double omega = std::clamp(spread * stream.uniform(0.5, 1.5), 0.1, 0.5);
    if (parameter.unit == "h") omega *= 0.5;
    if (parameter.symbol == "R0")
      omega = std::clamp(scales.baseline_spread * stream.uniform(0.6, 1.4), 0.05, 0.6);
    draw.omega.push_back(omega);
  }
  const double noise = model.role == Role::pk ? scales.pk_noise : scales.pd_noise;
  const double size = model.role == Role::pk ? scales.concentration_low : scales.baseline;
  draw.proportional = std::clamp(noise * stream.log_uniform(0.6, 1.8), 0.03, 0.4);
  draw.additive = size * stream.log_uniform(0.002, 0.03);
  return draw;
}

}  // namespace qdose
