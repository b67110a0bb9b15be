// Small numeric helpers of the two feature files.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "qdose/data/trial.hpp"

namespace qdose::features {

inline double clip(double x, double low, double high) { return std::min(std::max(x, low), high); }

/// ln(time / scale) that stays finite at zero, for times far below and above the scale.
inline double log_time(double time, double scale) { return clip(std::log(time / scale + 1e-4), -7, 6) / 2; }

/// Middle value (the upper of two); 0 for none. Reorders its argument.
inline double median(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Walks a subject's doses along ascending times.
class DoseCursor {
 public:
  explicit DoseCursor(const Subject& subject) : doses_(subject.doses) {}
  /// Index of the last dose given before `time`, or at it when `inclusive`; -1 for none. Times must not
  /// descend.
  int last_before(double time, bool inclusive = false) {
    while (next_ < doses_.size() && (doses_[next_].time < time || (inclusive && doses_[next_].time == time)))
      ++next_;
    return static_cast<int>(next_) - 1;
  }

 private:
  const std::vector<Dose>& doses_;
  std::size_t next_ = 0;
};

/// Which of n observations become tokens when at most `limit` may: spread evenly, first and last kept.
inline std::size_t thinned(std::size_t token, std::size_t n, std::size_t limit) {
  if (n <= limit) return token;
  return limit < 2 ? 0 : (token * (n - 1) + (limit - 1) / 2) / (limit - 1);
}

}  // namespace qdose::features
