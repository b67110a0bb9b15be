// From what was given and observed to the plan that the kernels run: doses, points, panels of eight subjects.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// What one subject was given, and when its values are wanted. Times in h, ascending, observations may
/// precede doses.
struct Schedule {
  std::vector<Dose> doses;
  std::vector<double> pk_times, pd_times;
};

/// A resolution that suits these schedules: from their dosing intervals and early observation times. The
/// biomarker is then within 0.5% over the report's parameter ranges (a twentieth of its noise) for a class
/// without lag or modelled infusion.
Resolution resolution_for(std::span<const Schedule> schedules);

/// Whether a PK class has a lag or a modelled duration, at which its concentration bends.
bool has_own_times(const ModelInfo& pk);

/// The same with panels cut at each subject's own lag or duration, which are a little shorter.
Resolution at_own_times(Resolution resolution);

/// The same for one PK class: with a lag or a modelled infusion the panels are cut at each subject's own,
/// which makes that class as exact as the others.
Resolution resolution_for(std::span<const Schedule> schedules, std::string_view pk_class);

/// The same for one pair: without panels where the PD class has no states. No PD class (""): none either.
Resolution resolution_for(std::span<const Schedule> schedules, std::string_view pk_class,
                          std::string_view pd_class);

/// Plans of up to eight schedules and where each value comes out.
struct BatchPlan {
  std::size_t subjects = 0;
  PkPlan pk;
  PdPlan pd;
  std::size_t pk_observations = 0;  ///< the first points of pk.points, in the order of each lane's pk_times
  /// Lane l has pk_count[l] valid values among the first pk_observations points and pd_count[l] among the
  /// responses.
  std::vector<std::size_t> pk_count, pd_count;
};

/// Plan for up to eight subjects. With `with_pd` false no panels are made.
BatchPlan make_plan(std::span<const Schedule> schedules, const Resolution& resolution, bool with_pd = true);

/// Plan of one dosing interval at steady state: a dose of `amount` (per lane) over `duration` h every
/// `interval` h. Points lie at `times` in (0, interval]; responses likewise.
BatchPlan make_steady_plan(const Lanes& amount, double duration, double interval,
                           std::span<const double> times, const Resolution& resolution);

/// The schedule of a trial's subject, without its values.
Schedule schedule_of(const Subject& subject);

}  // namespace qdose
