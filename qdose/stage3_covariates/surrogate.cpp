#include "qdose/stage3_covariates/surrogate.hpp"

#include <cmath>
#include <numbers>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

struct Waves {
  Eigen::MatrixXd frequency;  ///< [inputs][waves]
  Eigen::RowVectorXd phase;   ///< [waves]

  Eigen::MatrixXd operator()(const Eigen::MatrixXd& x) const {
    const Eigen::MatrixXd argument = (x * frequency).rowwise() + phase;
    return argument.array().cos() * std::sqrt(2.0 / static_cast<double>(phase.size()));
  }
};

Waves draw(int inputs, int layers, double bandwidth, int waves, std::uint64_t seed) {
  Waves drawn{Eigen::MatrixXd::Zero(inputs, waves), Eigen::RowVectorXd(waves)};
  for (int w = 0; w < waves; ++w) {
    Stream stream(seed, Purpose::initial_weights, static_cast<std::uint64_t>(w));
    for (int f = 0; f < inputs; ++f) {
      int steps = 0;
      for (int layer = 0; layer < layers; ++layer) {
        const std::uint32_t step = stream.below(4);
        steps += step == 0 ? -1 : step == 1 ? 1 : 0;
      }
      drawn.frequency(f, w) = bandwidth * std::numbers::pi * steps;
    }
    drawn.phase(w) = stream.uniform(0, 2 * std::numbers::pi);
  }
  return drawn;
}

}  // namespace

Kernel random_wave_kernel(int inputs, int layers, double bandwidth, int waves, std::uint64_t seed) {
  return {[drawn = draw(inputs, layers, bandwidth, waves, seed)](
              const Eigen::MatrixXd& references) -> Kernel::Towards {
    return [drawn, known = Eigen::MatrixXd(drawn(references))](const Eigen::MatrixXd& x) {
      return Eigen::MatrixXd(drawn(x) * known.transpose());
    };
  }};
}

}  // namespace qdose
