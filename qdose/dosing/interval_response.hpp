// Concentration and biomarker of eight subjects over one dosing interval, for any doses: at steady state, or
// in one of the first intervals of a treatment.
#pragma once
#include <string>
#include <vector>

#include "qdose/dosing/endpoint.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// The doses that are repeated: every `interval` h, each over `duration` h (0: at once), the first one
/// `loading` times as large as the others. `number` is the interval looked at, counted from 1; 0 is the
/// steady state, where the loading dose is forgotten.
struct Repetition {
  double interval = 24, duration = 0, loading = 1;
  int number = 0;

  bool operator==(const Repetition&) const = default;
};

/// Responses of one (PK, PD) pair under one repetition. Not for sharing between threads.
class IntervalResponse {
 public:
  IntervalResponse(const std::string& pk_class, const std::string& pd_class, const Repetition& repetition);

  /// The next eight subjects: natural-scale parameters of the PK class, then of the PD class, [parameters].
  void set_subjects(const std::vector<Lanes>& parameters);

  /// Solves the interval for these doses (mg, >= 0), one a lane.
  void give(const Lanes& dose);

  /// The endpoint's measure of what the last call of `give` solved. Peak and trough are the extreme of about
  /// 30 times, denser after the dose, sharpened by the parabola through it and its neighbours: within 0.1% of
  /// the truth, 0.2% for a class with a lag or a modelled infusion. Mean and AUC: trapezoids with the next
  /// term of their error taken off, within 0.2%. Time: linear between the times, within 0.01 of the interval.
  /// Non-finite where the arithmetic failed.
  Lanes measure(const Endpoint& endpoint) const;

  const std::vector<double>& times() const { return times_; }  ///< h after the interval's dose, ascending
  /// Values at `times()` as of the last call of `give`, [times].
  const std::vector<Lanes>& values(Quantity quantity) const {
    return quantity == Quantity::biomarker ? responses_ : concentrations_at_times_;
  }

 private:
  const pk_kernels_t& pk_;
  const pd_kernels_t& pd_;
  bool linear_;  ///< concentrations are proportional to the dose
  std::vector<double> times_;
  BatchPlan unit_;  ///< with doses of 1 mg
  PkPlan scaled_;   ///< a copy with the doses wanted, for classes that are not linear
  std::vector<Lanes> parameters_, unit_concentrations_, concentrations_, concentrations_at_times_, responses_;
  Workspace workspace_;
};

/// Whether the concentrations of a class are proportional to the dose; found by trying.
bool is_dose_linear(const std::string& pk_class);

}  // namespace qdose
