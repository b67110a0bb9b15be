#include "qdose/stage2_population/phase_space.hpp"

#include <limits>

namespace qdose {

void Target::evaluate(Point& point) {
  metric.to_position(point.white, point.position);
  evaluate_there(point);
}

void Target::evaluate_there(Point& point) {
  const std::size_t n = density.dimension();
  scratch.resize(static_cast<Eigen::Index>(n));
  if (!density.remembers({point.position.data(), n})) ++gradients;
  point.log_density = density.log_density({point.position.data(), n}, {scratch.data(), n});
  if (point.log_density ==
      std::numeric_limits<double>::infinity())  // arithmetic failed, or no density at all
    point.log_density = std::numeric_limits<double>::quiet_NaN();
  metric.pull_gradient(scratch, point.gradient);
}

Point point_at(Target& target, const Eigen::VectorXd& position) {
  Point point;
  target.metric.to_white(position, point.white);
  target.evaluate(point);
  return point;
}

Eigen::VectorXd standard_normal(Eigen::Index n, Stream& random) {
  Eigen::VectorXd z(n);
  for (Eigen::Index i = 0; i < n; ++i) z[i] = random.normal();
  return z;
}

}  // namespace qdose
