// The step size that gives a wanted acceptance: Nesterov's dual averaging, as in Hoffman & Gelman 2014,
// section 3.2.
#pragma once
#include <cmath>

namespace qdose {

class DualAveraging {
 public:
  /// Starts at `step`; the first proposals go up to ten times that.
  explicit DualAveraging(double step, double target_acceptance)
      : target_(target_acceptance),
        center_(std::log(10.0 * step)),
        log_step_(std::log(step)),
        log_mean_(log_step_) {}

  void update(double acceptance) {
    constexpr double shrinkage = 0.05, offset = 10.0, forgetting = 0.75;
    count_ += 1;
    const double rate = 1.0 / (count_ + offset);
    error_ = (1.0 - rate) * error_ + rate * (target_ - acceptance);
    log_step_ = center_ - std::sqrt(count_) / shrinkage * error_;
    const double weight = std::pow(count_, -forgetting);
    log_mean_ = weight * log_step_ + (1.0 - weight) * log_mean_;
  }

  /// To try next, and to keep when adaptation ends.
  double step() const { return std::exp(log_step_); }
  double mean_step() const { return std::exp(log_mean_); }
  double target() const { return target_; }

 private:
  double target_, center_, log_step_, log_mean_, error_ = 0, count_ = 0;
};

}  // namespace qdose
