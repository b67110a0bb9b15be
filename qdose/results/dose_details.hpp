// What stands beside an answer: exposure at the dose, other assumptions, other methods, other regimens.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace qdose {

/// Quantiles over virtual subjects and parameter draws; nothing: above the largest dose searched.
struct RequiredDose {
  std::optional<double> q5, q25, q50, q75, q95;
};

/// Over virtual subjects.
struct Quantiles {
  double q5 = 0, q50 = 0, q95 = 0;
};

/// Courses over one interval, pointwise quantiles over virtual subjects.
struct ProfileBand {
  std::vector<double> q5, q50, q95;
};

/// Virtual subjects over one dosing interval at one dose.
struct Exposure {
  double dose_mg = 0;
  Quantiles c_max, c_min, c_mean, auc;
  Quantiles biomarker_max, biomarker_min, biomarker_mean;
  Quantiles time_attained;   ///< share of the interval on the right side of the threshold
  double c_max_studied = 0;  ///< largest concentration observed in the trial; 0: not known
  double above_studied = 0;  ///< share of the subjects whose c_max is above it
  std::vector<double> time_h;
  ProfileBand concentration, biomarker;
};

/// A pair of classes that the posterior averages over.
struct AveragedModel {
  std::string pk_class, pd_class;
  double weight = 0;
};

/// Two sources on the same question with different doses.
struct SourceDifference {
  std::string scenario, regimen;
  double target = 0;
  std::optional<double> posterior_mg, kernel_mg;
  double centre_ratio = 0;  ///< kernel / posterior, of the median required dose of a person
  double spread_ratio = 0;  ///< the same of the ratio between the 75% and the 25% quantile, of its logarithm
  std::string reason = {};
};

/// The same population, target and source, once weekly against once daily, each at its own dose. Ratios are
/// weekly / daily of medians over subjects.
struct RegimenComparison {
  std::string scenario, source;
  double target = 0;
  double daily_mg = 0, weekly_mg = 0;
  double dose_rate_ratio = 0, c_max_ratio = 0, c_min_ratio = 0, c_mean_ratio = 0;
  double biomarker_swing_daily = 0, biomarker_swing_weekly = 0;  ///< (max - min) / mean of the median subject
  std::string words = {};
};

/// What a prediction without differences between people and without uncertainty answers, and which share of
/// the population that dose keeps in truth (by the source's full distribution).
struct PointPrediction {
  std::string scenario, regimen, source;
  double target = 0;
  std::optional<double> dose_mg;
  double covered_mean = 0, covered_q5 = 0, covered_q95 = 0;
};

/// The answer under another assumption, by the same random numbers as the one it is compared with.
struct SensitivityRow {
  std::string assumption, scenario, regimen;
  double target = 0;
  std::optional<double> crossing_dose_mg, reference_mg;  ///< with and without the assumption
  std::optional<double> dose_mg;                         ///< of the grid
};

/// Mean attainment over a covariate and the dose.
struct DoseSurface {
  std::string covariate, regimen;
  std::vector<double> values, doses_mg;
  std::vector<std::vector<double>> attainment;  ///< [values][doses]
  std::vector<bool> beyond;                     ///< by value: outside the trial's
};

}  // namespace qdose
