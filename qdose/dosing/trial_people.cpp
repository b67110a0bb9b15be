// The people of a trial as a source of covariates.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "qdose/dosing/scenario.hpp"

namespace qdose {

TrialPeople::TrialPeople(std::vector<std::vector<double>> rows)
    : TrialPeople(rows, std::vector<double>(rows.size(), 1.0)) {}  // no move: the order of arguments is open

TrialPeople::TrialPeople(std::vector<std::vector<double>> rows, const std::vector<double>& shares)
    : rows_(std::move(rows)) {
  const std::size_t n = rows_.size();
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
  double sum = 0;
  for (const double share : shares) until_.push_back((sum += share) / total);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t c = 0; n > 0 && c < rows_.front().size(); ++c) {
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return rows_[i][c]; });
    std::vector<double> below(n), equal(n);
    double before = 0;
    for (std::size_t first = 0, last = 0; first < n; first = last) {
      double same = 0;
      for (last = first; last < n && rows_[order[last]][c] == rows_[order[first]][c]; ++last)
        same += shares[order[last]] / total;
      for (std::size_t k = first; k < last; ++k) below[order[k]] = before, equal[order[k]] = same;
      before += same;
    }
    below_.push_back(std::move(below)), equal_.push_back(std::move(equal));
  }
}

TrialPeople TrialPeople::resampled(Stream stream) const {
  std::vector<double> shares(rows_.size());  // exponential variables, divided by their sum, are Dirichlet
  for (double& share : shares) share = -std::log(stream.uniform());
  return {rows_, shares};
}

std::size_t TrialPeople::person(double u) const {
  const auto found = std::ranges::upper_bound(until_, u);
  return std::min(static_cast<std::size_t>(found - until_.begin()), until_.size() - 1);
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
  const std::size_t person = people.person(stream.uniform());
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
