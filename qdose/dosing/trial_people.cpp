// The people of a trial as a source of covariates.
#include <algorithm>
#include <cmath>

#include "qdose/dosing/scenario.hpp"

namespace qdose {

TrialPeople::TrialPeople(std::vector<std::vector<double>> rows) : rows_(std::move(rows)) {
  const std::size_t covariates = rows_.empty() ? 0 : rows_.front().size();
  const double n = static_cast<double>(rows_.size());
  for (std::size_t c = 0; c < covariates; ++c) {
    auto& below = below_.emplace_back();
    auto& equal = equal_.emplace_back();
    for (const auto& row : rows_) {
      below.push_back(
          static_cast<double>(std::ranges::count_if(rows_, [&](const auto& r) { return r[c] < row[c]; })) /
          n);
      equal.push_back(
          static_cast<double>(std::ranges::count_if(rows_, [&](const auto& r) { return r[c] == row[c]; })) /
          n);
    }
  }
}

double TrialPeople::rank(std::size_t person, std::size_t covariate, double u) const {
  return below_[covariate][person] + u * equal_[covariate][person];
}

double TrialPeople::strongest_correlation(std::size_t covariate) const {
  const std::size_t n = rows_.size();
  const auto mid_rank = [this](std::size_t c, std::size_t i) {
    return below_[c][i] + 0.5 * equal_[c][i] - 0.5;
  };
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += mid_rank(a, i) * mid_rank(b, i);
    return sum;
  };
  double strongest = 0;
  for (std::size_t other = 0; other < below_.size(); ++other) {
    const double spread = std::sqrt(product(covariate, covariate) * product(other, other));
    if (other != covariate && spread > 0)
      strongest = std::max(strongest, std::abs(product(covariate, other)) / spread);
  }
  return strongest;
}

std::vector<double> draw_covariates(const Scenario& scenario, const TrialPeople& people, Stream& stream) {
  const std::size_t person = stream.below(static_cast<std::uint32_t>(people.rows().size()));
  std::vector<double> row = people.rows()[person];
  for (const CovariateChange& change : scenario.changes) {
    if (change.law == Law::value) {
      row[change.covariate] = change.low;
      continue;
    }
    const double u = stream.uniform();
    row[change.covariate] =
        quantile(change, change.keeps_rank.value_or(false) ? people.rank(person, change.covariate, u) : u);
  }
  return row;
}

}  // namespace qdose
