// Covariates as the regressions take them: scaled to [0, 1] for kernels, as logarithms and indicators for
// trends.
#pragma once
#include <Eigen/Dense>
#include <span>
#include <vector>

#include "qdose/results/population_model.hpp"

namespace qdose {

using CovariateRows = std::vector<std::vector<double>>;  ///< [subject][covariate]

/// One input: a continuous covariate, or one level of a categorical one.
struct InputColumn {
  std::size_t covariate = 0;
  bool categorical = false;
  bool logarithmic = false;  ///< a positive continuous covariate enters as its logarithm
  double level = 0;          ///< categorical
  double reference = 0;      ///< continuous: where the trend is 0
  double low = 0, high = 1;  ///< range in the training rows, on the scale that enters
};

/// Inputs of several people: `unit` for kernels and `trend` for mean functions, each [people][columns].
struct InputMatrix {
  Eigen::MatrixXd unit, trend;
  Eigen::Index rows() const { return unit.rows(); }
};

enum class InputScale { logarithmic, raw };

/// How covariates become inputs; learned from training rows, then applied to anybody.
class CovariateInputs {
 public:
  CovariateInputs() = default;
  /// Columns that are constant over the rows are left out. `raw` keeps continuous covariates as they are.
  CovariateInputs(const std::vector<PopulationCovariate>& covariates, const CovariateRows& rows,
                  InputScale scale = InputScale::logarithmic);

  /// Drops all but the first `most` columns; true when there were more.
  bool keep(std::size_t most);

  std::size_t size() const { return columns_.size(); }
  const std::vector<InputColumn>& columns() const { return columns_; }

  /// [size] values in [0, 1]: 0 at the lowest training value, 1 at the highest, values outside held at the
  /// edge. Kernels see these, so that an angle never leaves the range that was trained and never wraps.
  Eigen::VectorXd unit(std::span<const double> covariates) const;

  /// [size] values for a trend, not held: log(x / reference), or (x - reference) / range, or 1 at the level.
  Eigen::VectorXd trend(std::span<const double> covariates) const;

  InputMatrix matrix(const CovariateRows& rows) const;

  /// Distance beyond the training range in units of that range, the largest over the columns; 0 inside.
  double outside(std::span<const double> covariates) const;

 private:
  std::vector<InputColumn> columns_;
};

}  // namespace qdose
