// The answers: which dose keeps the biomarker where it should be, for whom, and how sure that is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/results/dose_details.hpp"

namespace qdose {

struct AttainmentPoint {
  double dose_mg = 0, mean = 0, q5 = 0, q95 = 0;  ///< share of the population that meets the endpoint
};

/// The smallest dose of the grid that meets the target with at least this probability.
struct AssuredDose {
  double probability = 0;
  std::optional<double> dose_mg;
};

/// What the safety limit of a scenario says.
struct SafetyAnswer {
  std::string words;                      ///< the limit, and the share of the population that must keep to it
  std::optional<double> largest_dose_mg;  ///< of the grid, with which that share keeps to it
  AttainmentPoint at_dose;                ///< share that keeps to it at the dose that efficacy alone asks for
  std::optional<double> efficacy_dose_mg;  ///< that dose
};

struct DoseAnswer {
  std::string scenario;     ///< A, B, C, D or a name of the user's
  std::string description;  ///< in words
  std::string regimen;      ///< daily | weekly | other, or the user's
  double interval_h = 0, target = 0;
  std::string source;             ///< posterior | kernel | truth
  std::optional<double> dose_mg;  ///< smallest dose of the grid whose mean attainment reaches the target
  AttainmentPoint attainment;     ///< at that dose, or the best found when there is none
  double probability_target_met = 0;
  std::optional<double> crossing_dose_mg;           ///< where the mean curve crosses the target, off the grid
  std::optional<double> crossing_q5, crossing_q95;  ///< band of that dose over parameter uncertainty
  std::vector<AttainmentPoint> curve;
  bool extrapolates = false;  ///< beyond the doses or covariates studied
  std::string sentence;       ///< the answer in words
  std::string endpoint;       ///< what is attained, in words
  std::vector<AssuredDose> assured;
  RequiredDose required_dose;                  ///< of one virtual subject, over all of them
  double mc_error = 0;                         ///< Monte-Carlo standard error of attainment.mean
  std::optional<double> crossing_mc_error_mg;  ///< the same of crossing_dose_mg
  bool grid_decided = true;  ///< false: that error leaves open which of two neighbours on the grid it is
  std::vector<std::optional<double>> crossing_by_chain;  ///< crossing_dose_mg from each chain's draws alone
  std::size_t replicates = 0, virtual_subjects = 0;
  std::optional<SafetyAnswer> safety;
  std::optional<Exposure> exposure;  ///< at attainment.dose_mg
};

struct Doses {
  double threshold = 0;
  std::string direction;  ///< below | above
  std::vector<DoseAnswer> answers;
  std::vector<std::string> notes;
  std::string dose_unit = "mg", residual = "excluded";  ///< residual error: excluded | included
  std::vector<AveragedModel> models = {};               ///< what "posterior" averages over
  std::vector<SourceDifference> differences = {};       ///< where posterior and kernel differ, and why
  std::vector<RegimenComparison> comparisons = {};      ///< weekly against daily
  std::vector<PointPrediction> point_predictions = {};
  std::vector<SensitivityRow> sensitivity = {};
  std::optional<DoseSurface> surface = {};
};

/// How far the exact doses of two chains lie apart, in widths of the answer's band; 0 where there are no
/// chains or no band, infinite where a chain has no dose.
double chain_spread(const DoseAnswer& answer);

/// Half the width of the band, or more, lies between two chains: the sampler has not converged as far as this
/// dose is concerned.
inline bool chains_disagree(const DoseAnswer& answer) { return chain_spread(answer) > 0.5; }

/// doses.json and doses.csv.
Result<Done> save(const Doses& doses, const std::string& directory);
Result<Doses> load_doses(const std::string& directory);

}  // namespace qdose
