// The biomarker's largest (or smallest) value over a whole dosing interval at steady state, for eight virtual
// subjects.
#pragma once
#include <string>
#include <vector>

#include "qdose/simulate/plan.hpp"

namespace qdose {

/// Extreme biomarker of a regimen as a function of parameters and dose. The periodic steady state is solved,
/// not waited for; the extreme is taken over times spaced evenly in the logarithm and refined by a parabola
/// (error below 0.1% of the biomarker's swing). One object serves one thread.
class SteadyEndpoint {
 public:
  /// `resolution` is that of the trial; `interval` in h.
  SteadyEndpoint(std::string pk_class, std::string pd_class, double interval, Resolution resolution,
                 bool largest);

  /// `parameters`: PK, then PD, natural scale. Doses per lane, 0 allowed. NaN where arithmetic failed.
  Lanes operator()(const std::vector<Lanes>& parameters, const Lanes& dose);

 private:
  const pk_kernels_t& pk_;
  const pd_kernels_t& pd_;
  bool largest_;
  BatchPlan plan_;
  Workspace workspace_;
  std::vector<Lanes> concentration_, response_;
};

}  // namespace qdose
