#include "qdose/dosing/covariate_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

double standard_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// By bisection, to 1e-12: a covariate is drawn once a subject.
double standard_quantile(double u) {
  double low = -9, high = 9;
  while (high - low > 1e-12) {
    const double middle = 0.5 * (low + high);
    (standard_cdf(middle) < u ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// Quantile of a normal law within [low, high], all on the scale on which it is normal.
double normal_within(double u, double centre, double spread, double low, double high) {
  if (!(spread > 0)) return centre;
  const double from = std::isfinite(low) ? standard_cdf((low - centre) / spread) : 0;
  const double to = std::isfinite(high) ? standard_cdf((high - centre) / spread) : 1;
  return std::clamp(centre + spread * standard_quantile(from + u * (to - from)), low, high);
}

double level_at(const CovariateChange& change, double u) {
  double below = 0;
  for (std::size_t k = 0; k + 1 < change.levels.size(); ++k)
    if (u < (below += change.shares[k])) return change.levels[k];
  return change.levels.back();
}

}  // namespace

double quantile(const CovariateChange& c, double u) {
  const bool bounded = c.low < c.high;
  switch (c.law) {
    case Law::value:
      return c.low;
    case Law::uniform:
      return c.low + (c.high - c.low) * u;
    case Law::normal:
      return normal_within(u, c.centre, c.spread, bounded ? c.low : -INFINITY, bounded ? c.high : INFINITY);
    case Law::lognormal:
      return std::exp(normal_within(u, std::log(c.centre), c.spread,
                                    bounded && c.low > 0 ? std::log(c.low) : -INFINITY,
                                    bounded ? std::log(c.high) : INFINITY));
    case Law::levels:
      break;
  }
  return level_at(c, u);
}

double smallest_value(const CovariateChange& c) {
  return c.law == Law::levels ? *std::ranges::min_element(c.levels)
                              : quantile(c, c.law == Law::uniform ? 0 : 0.001);
}

double largest_value(const CovariateChange& c) {
  return c.law == Law::levels ? *std::ranges::max_element(c.levels)
                              : quantile(c, c.law == Law::uniform ? 1 : 0.999);
}

std::string law_words(const CovariateChange& c) {
  const std::string bounds = c.low < c.high ? fmt::format(", {:g} to {:g}", c.low, c.high) : "";
  switch (c.law) {
    case Law::value:
      return fmt::format("{:g}", c.low);
    case Law::uniform:
      return fmt::format("{:g} to {:g}", c.low, c.high);
    case Law::normal:
      return fmt::format("normal ({:g}, sd {:g}{})", c.centre, c.spread, bounds);
    case Law::lognormal:
      return fmt::format("log-normal ({:g}, sd of ln {:g}{})", c.centre, c.spread, bounds);
    case Law::levels:
      break;
  }
  std::string words;
  for (std::size_t k = 0; k < c.levels.size(); ++k)
    words += fmt::format("{}{:g} ({:g}%)", k ? ", " : "", c.levels[k], 100 * c.shares[k]);
  return words;
}

}  // namespace qdose
