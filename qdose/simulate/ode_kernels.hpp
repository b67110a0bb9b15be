// A pair of classes by the error-controlled solver alone: what the closed forms are compared with, in speed
// and value, under the same vector instructions.
#pragma once
#include <string_view>

#include "qdose/simulate/kernels.hpp"

namespace qdose {

struct ode_kernels_t {
  /// Concentration and response at all points of the plan (a plan without panels: the solver stops at its
  /// points only). `parameters` are the PK class's, then the PD class's. `tolerance` is the relative local
  /// error. Not for steady state, lags or modelled infusions.
  void (*trajectories)(const PkPlan&, const Lanes* parameters, double tolerance, Workspace&,
                       Lanes* concentration, Lanes* response);
};

/// The pair pk_2c_oral with pd_indirect_inhib_kin, for this machine's instruction set.
const ode_kernels_t& ode_kernels();

}  // namespace qdose
