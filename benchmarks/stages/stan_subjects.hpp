// Doses, values and times of subjects as the Stan programs take them, read from the plans of a problem.
#pragma once
#include <string>
#include <vector>

#include "benchmarks/stages/r_list.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose::benchmarks {

/// Items of all subjects one after the other: subject s has at[s] ... at[s + 1] - 1, counted from 1.
template <class T>
struct Ragged {
  std::vector<T> items;
  std::vector<int> at{1};
  void end_subject() { at.push_back(static_cast<int>(items.size()) + 1); }
};

/// Subjects one after the other. Indices count from 1, within the subject.
class StanSubjects {
 public:
  /// Lane `lane` of a batch whose values all count (none is below a limit) and whose panels are fixed.
  void add(const ProblemBatch& batch, std::size_t lane);
  /// The ragged lists of population_data.stan, closed_form.stan and ode.stan.
  void write(RList& list) const;

 private:
  struct Lane;
  void add_doses(const Lane& lane);
  void add_panels(const Lane& lane);
  void add_stops(const Lane& lane);
  void add_values(const Lane& lane);

  Ragged<double> amount_, pk_value_, pd_value_, offset_, length_, stop_;
  Ragged<int> dose_of_point_, length_of_panel_;
  std::vector<double> pd_count_, pd_spread_;
  std::vector<int> repeated_, gap_, offset_of_point_, after_panel_, stops_of_dose_, pk_stop_, pd_stop_;
};

/// What one lane of a batch was given, and when it was observed, read from the batch's plan. A response
/// before the first dose is put at its time.
Schedule lane_schedule(const BatchPlan& plan, std::size_t lane);

}  // namespace qdose::benchmarks
