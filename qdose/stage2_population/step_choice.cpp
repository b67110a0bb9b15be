#include "qdose/stage2_population/step_choice.hpp"

#include <cmath>
#include <numbers>

namespace qdose {
namespace {

double law(double c, double step) { return std::erfc(c * step * step / (2 * std::numbers::sqrt2)); }

/// Where a function that falls from positive to negative is 0, between two logarithms.
template <class Falling>
double root_between(double low, double high, Falling f) {
  constexpr int halvings = 50;
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) > 0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

double step_for_acceptance(const TriedSteps& tried, double target, double start) {
  constexpr double width = 0.35;    // of the log steps that count: the law holds near the answer only
  constexpr double farthest = 0.7;  // log step from the start: no extrapolation to where nothing was tried
  constexpr int rounds = 4;
  if (tried.step.empty()) return start;
  // sigma with 2 Phi(-sigma / 2) = target.
  const double sigma = std::exp(
      root_between(-12, 4, [&](double log_sigma) { return law(std::exp(log_sigma), 1.0) - target; }));
  double log_step = std::log(start);
  for (int round = 0; round < rounds; ++round) {
    const auto excess = [&](double candidate) {  // of acceptances over those expected if this were the answer
      const double c = sigma * std::exp(-2 * candidate);
      double sum = 0;
      for (std::size_t i = 0; i < tried.step.size(); ++i) {
        const double z = (std::log(tried.step[i]) - log_step) / width;
        sum += std::exp(-0.5 * z * z) * (tried.acceptance[i] - law(c, tried.step[i]));
      }
      return sum;
    };
    log_step = root_between(std::log(start) - farthest, std::log(start) + farthest, excess);
  }
  return std::exp(log_step);
}

}  // namespace qdose
