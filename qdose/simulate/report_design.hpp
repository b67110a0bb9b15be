// The design of the report's synthetic problem: its grids, its doses, and the plans that all its trajectories
// share.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "qdose/models/catalogue.hpp"
#include "qdose/num/lane_stream.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// Observation times (h): 39 for PK, 25 of these for PD.
std::span<const double> report_times(Role role);

/// Doses of eight trajectories: one amount U(0, 10) every 24, 48 or 72 h, at most 25 from t = 0, each missed
/// with probability 0.1; times off the PK grid are not given.
class ReportDoses {
 public:
  /// Places of the PK grid at which a dose may be given, ascending.
  static std::span<const std::size_t> places();

  explicit ReportDoses(LaneStream& stream) : ReportDoses(stream, stream.uniform(0, 10)) {}
  /// The same with these amounts.
  ReportDoses(LaneStream& stream, const Batch& amounts);

  const std::vector<Lanes>& amounts() const { return amounts_; }  ///< [places], 0 where none is given

 private:
  std::vector<Lanes> amounts_;
};

/// The PK plan of the grid: a dose at every possible place, amounts set batch by batch.
class ReportPkPlan {
 public:
  ReportPkPlan();
  /// The plan with these doses; without the first one unless `first_counts`.
  const PkPlan& with(const ReportDoses& doses, bool first_counts = true);

 private:
  PkPlan plan_;
  std::vector<int> dose_of_slot_;
};

/// The PD plan: panels between the times of the PD grid, under a concentration that is linear between them.
class ReportPdPlan {
 public:
  ReportPdPlan();
  const PdPlan& plan() const { return plan_; }
  std::size_t points() const { return report_times(Role::pd).size() + nodes_.size(); }
  /// Fills in the concentration at the panels' nodes from the first 25 rows, which are those of the PD grid.
  void interpolate(Lanes* concentration) const;

 private:
  struct Node {
    std::size_t interval;
    double share;  ///< of the way through the grid's interval
  };
  PdPlan plan_;
  std::vector<Node> nodes_;
};

/// Position on the PK grid of each time of the PD grid.
std::span<const std::size_t> pd_places();

}  // namespace qdose
