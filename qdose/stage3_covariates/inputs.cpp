#include "qdose/stage3_covariates/inputs.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

double entering(const InputColumn& column, double x) {
  if (column.categorical) return x == column.level ? 1.0 : 0.0;
  return column.logarithmic ? std::log(x) : x;
}

/// The columns of one covariate: itself, or every level but the reference.
std::vector<InputColumn> columns_of(const PopulationCovariate& covariate, std::size_t index, InputScale scale,
                                    bool positive) {
  std::vector<InputColumn> columns;
  if (!covariate.categorical) {
    InputColumn column{.covariate = index, .logarithmic = scale == InputScale::logarithmic && positive};
    column.reference = entering(column, covariate.reference);
    return {column};
  }
  for (const double level : covariate.levels)
    if (level != covariate.reference)
      columns.push_back({.covariate = index, .categorical = true, .level = level});
  return columns;
}

}  // namespace

CovariateInputs::CovariateInputs(const std::vector<PopulationCovariate>& covariates,
                                 const CovariateRows& rows, InputScale scale) {
  for (std::size_t c = 0; c < covariates.size(); ++c) {
    const bool positive =
        covariates[c].reference > 0 && std::ranges::all_of(rows, [&](const auto& row) { return row[c] > 0; });
    for (InputColumn column : columns_of(covariates[c], c, scale, positive)) {
      std::vector<double> values;
      for (const auto& row : rows) values.push_back(entering(column, row[c]));
      const auto [low, high] = std::ranges::minmax(values);
      column.low = low, column.high = high;
      if (low < high) columns_.push_back(column);
    }
  }
}

bool CovariateInputs::keep(std::size_t most) {
  if (columns_.size() <= most) return false;
  columns_.resize(most);
  return true;
}

Eigen::VectorXd CovariateInputs::unit(std::span<const double> covariates) const {
  Eigen::VectorXd inputs(static_cast<Eigen::Index>(size()));
  for (std::size_t k = 0; k < size(); ++k) {
    const InputColumn& column = columns_[k];
    const double position =
        (entering(column, covariates[column.covariate]) - column.low) / (column.high - column.low);
    inputs(static_cast<Eigen::Index>(k)) = std::clamp(position, 0.0, 1.0);
  }
  return inputs;
}

Eigen::VectorXd CovariateInputs::trend(std::span<const double> covariates) const {
  Eigen::VectorXd inputs(static_cast<Eigen::Index>(size()));
  for (std::size_t k = 0; k < size(); ++k) {
    const InputColumn& column = columns_[k];
    const double range = column.categorical || column.logarithmic ? 1 : column.high - column.low;
    inputs(static_cast<Eigen::Index>(k)) =
        (entering(column, covariates[column.covariate]) - column.reference) / range;
  }
  return inputs;
}

InputMatrix CovariateInputs::matrix(const CovariateRows& rows) const {
  const auto n = static_cast<Eigen::Index>(rows.size()), columns = static_cast<Eigen::Index>(size());
  InputMatrix inputs{Eigen::MatrixXd(n, columns), Eigen::MatrixXd(n, columns)};
  for (Eigen::Index i = 0; i < n; ++i) {
    inputs.unit.row(i) = unit(rows[static_cast<std::size_t>(i)]).transpose();
    inputs.trend.row(i) = trend(rows[static_cast<std::size_t>(i)]).transpose();
  }
  return inputs;
}

double CovariateInputs::outside(std::span<const double> covariates) const {
  double largest = 0;
  for (const InputColumn& column : columns_) {
    const double x = entering(column, covariates[column.covariate]);
    largest = std::max({largest, (column.low - x) / (column.high - column.low),
                        (x - column.high) / (column.high - column.low)});
  }
  return largest;
}

}  // namespace qdose
