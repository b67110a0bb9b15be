// Any density can be sampled: this one is the eight-schools model (Rubin 1981), effects y_j ~ N(theta_j,
// sigma_j^2), theta_j = mu + tau eta_j, with priors mu ~ N(0, 5^2), tau ~ half-Cauchy(5), eta_j ~ N(0, 1),
// sampled as (mu, log tau, eta).
//
// Prints mean, sd, R-hat and ESS of mu and tau. Published reference posterior: mu 4.4 +- 3.3, tau 3.6 +- 3.2.
#include <cmath>
#include <cstdio>

#include "qdose/stage2_population/sampler.hpp"

namespace {

constexpr double effect[8] = {28, 8, -3, 7, -1, 1, 18, 12}, error[8] = {15, 10, 16, 11, 9, 11, 10, 18};

class EightSchools final : public qdose::Density {
 public:
  std::size_t dimension() const override { return 10; }

  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const double mu = x[0], tau = std::exp(x[1]), scaled = tau / 5;
    double value =
        -0.5 * mu * mu / 25 - std::log1p(scaled * scaled) + x[1];  // the last term: Jacobian of log tau
    gradient[0] = -mu / 25;
    gradient[1] = 1 - 2 * scaled * scaled / (1 + scaled * scaled);
    for (std::size_t j = 0; j < 8; ++j) {
      const double eta = x[2 + j], z = (effect[j] - mu - tau * eta) / error[j];
      value -= 0.5 * (z * z + eta * eta);
      gradient[0] += z / error[j];
      gradient[1] += z / error[j] * tau * eta;
      gradient[2 + j] = z / error[j] * tau - eta;
    }
    return value;
  }

  std::unique_ptr<qdose::Density> clone() const override { return std::make_unique<EightSchools>(*this); }
};

}  // namespace

int main() {
  EightSchools density;
  qdose::SamplerSettings settings;
  settings.target_acceptance = 0.9;
  settings.draws = settings.most_draws = 2000;
  std::vector<Eigen::VectorXd> starts;
  for (double s : {-1.0, -0.3, 0.3, 1.0}) starts.push_back(Eigen::VectorXd::Constant(10, s));
  const auto sample = qdose::sample(density, starts, settings, qdose::silent_progress());
  if (!sample) {
    std::fputs(qdose::describe(sample.errors()).c_str(), stderr);
    return 1;
  }
  const auto convergence = qdose::convergence_of(*sample, 1);
  bool good = true;
  for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    double sum = 0, squares = 0, count = 0;
    for (const auto& chain : sample->chains)
      for (const auto& draw : chain.draws) {
        const double value = i == 0 ? draw[0] : std::exp(draw[1]);
        sum += value;
        squares += value * value;
        count += 1;
      }
    const double mean = sum / count;
    std::printf("%-4s %6.2f +- %5.2f   R-hat %.4f   ESS %.0f\n", i == 0 ? "mu" : "tau", mean,
                std::sqrt(squares / count - mean * mean), convergence[i].r_hat, convergence[i].ess_bulk);
    good = good && convergence[i].r_hat < 1.02 && std::abs(mean - (i == 0 ? 4.4 : 3.6)) < 0.4;
  }
  return good ? 0 : 1;
}
