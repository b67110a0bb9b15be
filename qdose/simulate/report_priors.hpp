// The report's synthetic problem, posed again: its grids, doses, parameter ranges and errors.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/report_design.hpp"
#include "qdose/simulate/trajectories.hpp"

namespace qdose {

/// Parameters of a class from the report's ranges, natural scale; a fixed one keeps its value.
std::vector<double> report_parameters(const ModelInfo& model, Stream& stream);

struct ReportProblem {
  Role role = Role::pk;
  /// False is `report-as-published`: the report's simulator dropped the dose at t = 0 except in the classes
  /// with a lag or an infusion (the dose channel still shows it).
  bool dose_at_zero = true;
};

/// Trajectories of any class with equal chance; channels as in TrajectoryBlock.
struct ReportTrajectories {
  std::size_t count = 0, times = 0;
  std::vector<int> label;                       ///< [count] label of the class
  std::vector<std::vector<double>> parameters;  ///< [count][parameters of the class], natural scale
  std::vector<float> values;                    ///< [count][2][times], with residual error, never negative
  std::vector<float> exact;                     ///< [count][times] second channel without error
};

/// The report's problem as a source of trajectories.
///  - Doses: ReportDoses, amounts U(0, 10). A value at the time of a dose is taken before it.
///  - PK errors: y (1 + 0.15 z) + 0.02 z'.
///  - PD: the noise-free concentration is linear between the PD grid's times. Errors: 0.10 and 0.01
///    (concentration), 0.10 and 0.05 (biomarker).
std::unique_ptr<TrajectorySource> make_report_trajectories(const ReportProblem& problem, std::uint64_t seed,
                                                           Purpose purpose);

/// Trajectories first_item, first_item + 1, ... of that source.
ReportTrajectories report_trajectories(const ReportProblem& problem, std::uint64_t seed, Purpose purpose,
                                       std::uint64_t first_item, std::size_t count);

}  // namespace qdose
