// Random parameters for the checks: over the report's ranges, or well beyond them.
#pragma once
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/models/definition.hpp"

namespace qdose {

/// From the report's range of every parameter; a fixed one keeps its value.
template <class M>
Parameters<M, double> report_draw(Stream& random) {
  Parameters<M, double> p;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Parameter& row = M::parameters[i];
    p[i] = row.is_fixed_in_report() ? row.fixed : random.uniform(row.report.low, row.report.high);
    if (row.report.spread > 0) p[i] *= std::exp(row.report.spread * random.normal());
    if (row.scale == Scale::logit) p[i] = std::min(p[i], 1.0);
  }
  return p;
}

/// Log-uniform from a fifth of the range's lower end to five times its upper end; fractions anywhere in (0,
/// 1).
template <class M>
Parameters<M, double> wide_draw(Stream& random) {
  Parameters<M, double> p;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Parameter& row = M::parameters[i];
    p[i] = row.scale == Scale::logit ? random.uniform()
                                     : random.log_uniform(0.2 * row.report.low, 5.0 * row.report.high);
  }
  return p;
}

}  // namespace qdose
