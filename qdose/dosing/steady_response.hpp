// The biomarker of eight subjects over one dosing interval at steady state, for any doses.
#pragma once
#include <string>
#include <vector>

#include "qdose/simulate/plan.hpp"

namespace qdose {

enum class Direction { below, above };  ///< on which side of the threshold the biomarker must stay

/// The doses that are repeated: every `interval` h, each over `duration` h (0: at once).
struct Repetition {
  double interval = 24, duration = 0;
};

/// Steady-state responses of one (PK, PD) pair under one repetition. Not for sharing between threads.
class SteadyResponse {
 public:
  SteadyResponse(const std::string& pk_class, const std::string& pd_class, const Repetition& repetition);

  /// The next eight subjects: natural-scale parameters of the PK class, then of the PD class, [parameters].
  void set_subjects(const std::vector<Lanes>& parameters);

  /// The biomarker's largest value over the whole interval (Direction::below) or its smallest (above) under
  /// these doses (mg, >= 0), one a lane. The extreme of about 30 times, denser after the dose, sharpened by
  /// the parabola through it and its neighbours: within 0.1% of the truth, 0.2% for a class
  /// with a lag or a modelled infusion. Non-finite where the arithmetic failed.
  Lanes extreme(const Lanes& dose, Direction direction);

  const std::vector<double>& times() const { return times_; }
  /// The biomarker at `times()` as of the last call of `extreme`, [times].
  const std::vector<Lanes>& responses() const { return responses_; }

 private:
  void evaluate(const Lanes& dose);

  const pk_kernels_t& pk_;
  const pd_kernels_t& pd_;
  bool linear_;  ///< concentrations are proportional to the dose
  std::vector<double> times_;
  BatchPlan unit_;  ///< with doses of 1 mg
  PkPlan scaled_;   ///< a copy with the doses wanted, for classes that are not linear
  std::vector<Lanes> parameters_, unit_concentrations_, concentrations_, responses_;
  Workspace workspace_;
};

/// Whether a PK class has concentrations in proportion to the dose, found by trying two doses.
bool is_dose_linear(const std::string& pk_class);

}  // namespace qdose
