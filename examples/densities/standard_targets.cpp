// Every sampler on targets whose moments are known: who samples what, and who says so where he does not.
//
// Prints for each target and sampler the largest R-hat and the smallest ESS (bulk) of all coordinates,
// divergences, and the largest errors of a mean (in standard deviations) and of a standard deviation
// (relative). "fails" means R-hat above 1.01, ESS below 400 or divergences, "misleads" that an error exceeds
// 0.15 without any of these.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <utility>

#include "qdose/stage2_population/sampler.hpp"

namespace {

using Values = std::span<const double>;
using Gradient = std::span<double>;

struct TargetDensity {
  const char* name;
  std::function<double(Values, Gradient)> log_density;
  std::vector<double> mean, sd;
};

class Function final : public qdose::Density {
 public:
  explicit Function(const TargetDensity& target) : target_(&target) {}
  std::size_t dimension() const override { return target_->mean.size(); }
  double log_density(Values x, Gradient gradient) override { return target_->log_density(x, gradient); }
  std::unique_ptr<qdose::Density> clone() const override { return std::make_unique<Function>(*this); }

 private:
  const TargetDensity* target_;
};

/// Normal with these standard deviations and all correlations `rho`.
TargetDensity normal(const char* name, double rho, std::vector<double> sd) {
  const double n = static_cast<double>(sd.size()), shared = rho / (1 + (n - 1) * rho);
  const auto log_density = [=](Values x, Gradient gradient) {
    double sum = 0, value = 0;
    for (std::size_t i = 0; i < sd.size(); ++i) sum += x[i] / sd[i];
    for (std::size_t i = 0; i < sd.size(); ++i) {
      const double pull = (x[i] / sd[i] - shared * sum) / (1 - rho);
      gradient[i] = -pull / sd[i];
      value -= 0.5 * x[i] / sd[i] * pull;
    }
    return value;
  };
  return {name, log_density, std::vector<double>(sd.size(), 0.0), sd};
}

/// Neal's funnel: v ~ N(0, 3^2), the others N(0, e^v).
TargetDensity funnel() {
  constexpr std::size_t others = 9;
  const auto log_density = [](Values x, Gradient gradient) {
    const double v = x[0], precision = std::exp(-v);
    double squares = 0;
    for (std::size_t i = 1; i <= others; ++i) {
      squares += x[i] * x[i];
      gradient[i] = -x[i] * precision;
    }
    gradient[0] = -v / 9 - 0.5 * others + 0.5 * squares * precision;
    return -v * v / 18 - 0.5 * others * v - 0.5 * squares * precision;
  };
  std::vector<double> mean(1 + others, 0.0), sd(1 + others, std::exp(9.0 / 4));
  sd[0] = 3;
  return {"funnel", log_density, mean, sd};
}

/// Rosenbrock's valley: x ~ N(1, 1), y ~ N(x^2, 0.3^2).
TargetDensity valley() {
  const auto log_density = [](Values x, Gradient gradient) {
    const double off = (x[1] - x[0] * x[0]) / 0.09;
    gradient[0] = 1 - x[0] + 2 * x[0] * off;
    gradient[1] = -off;
    return -0.5 * (x[0] - 1) * (x[0] - 1) - 0.5 * off * (x[1] - x[0] * x[0]);
  };
  return {"Rosenbrock", log_density, {1, 2}, {1, std::sqrt(6.09)}};
}

/// Two normals of equal weight at -4 and 4, and a coordinate that does not matter.
TargetDensity hills() {
  const auto log_density = [](Values x, Gradient gradient) {
    const double right = 1 / (1 + std::exp(-8 * x[0]));  // share of the one at 4
    const double near = std::abs(std::abs(x[0]) - 4);    // to the nearer of them
    gradient[0] = 4 * (2 * right - 1) - x[0];
    gradient[1] = -x[1];
    return -0.5 * (near * near + x[1] * x[1]) + std::log1p(std::exp(-8 * std::abs(x[0])));
  };
  return {"mixture", log_density, {0, 0}, {std::sqrt(17.0), 1}};
}

struct Contestant {
  const char* name;
  qdose::Algorithm algorithm;
  qdose::MassForm form;
};
constexpr Contestant contestants[] = {{"S-qihmc", qdose::Algorithm::qihmc, qdose::MassForm::scalar},
                                      {"D-qihmc", qdose::Algorithm::qihmc, qdose::MassForm::diagonal},
                                      {"M-qihmc", qdose::Algorithm::qihmc, qdose::MassForm::mixture},
                                      {"hmc", qdose::Algorithm::hmc, qdose::MassForm::none},
                                      {"nuts", qdose::Algorithm::nuts, qdose::MassForm::none}};

/// Largest errors of a mean, in standard deviations, and of a standard deviation, relative.
std::pair<double, double> errors_of(const TargetDensity& target, const qdose::Sample& sample) {
  double of_mean = 0, of_sd = 0;
  for (std::size_t i = 0; i < target.mean.size(); ++i) {
    double count = 0, sum = 0, squares = 0;
    for (const auto& chain : sample.chains)
      for (const auto& draw : chain.draws) {
        const double z = (draw[i] - target.mean[i]) / target.sd[i];
        count += 1, sum += z, squares += z * z;
      }
    const double mean = sum / count;
    of_mean = std::max(of_mean, std::abs(mean));
    of_sd = std::max(of_sd, std::abs(std::sqrt(squares / count - mean * mean) - 1));
  }
  return {of_mean, of_sd};
}

bool run(const TargetDensity& target, const Contestant& contestant) {
  Function density(target);
  qdose::SamplerSettings settings;
  settings.algorithm = contestant.algorithm;
  settings.form = contestant.form;
  settings.spread = contestant.algorithm == qdose::Algorithm::qihmc ? settings.spread : 0;
  settings.metric = qdose::MetricKind::low_rank;
  settings.target_acceptance = 0.9;
  settings.warmup = 600;
  settings.draws = settings.most_draws = 4000;
  std::vector<Eigen::VectorXd> starts;
  for (double s : {-1.5, -0.5, 0.5, 1.5}) {
    Eigen::VectorXd start(static_cast<Eigen::Index>(target.mean.size()));
    for (std::size_t i = 0; i < target.mean.size(); ++i)
      start[static_cast<Eigen::Index>(i)] = target.mean[i] + s * target.sd[i];
    starts.push_back(start);
  }
  const auto sample = qdose::sample(density, starts, settings, qdose::silent_progress());
  if (!sample) return false;
  double r_hat = 0, ess = INFINITY;
  for (const auto& c : qdose::convergence_of(*sample, 1))
    r_hat = std::max(r_hat, c.r_hat), ess = std::min(ess, c.ess_bulk);
  std::size_t divergences = 0;
  for (const auto& chain : sample->chains) divergences += chain.divergences.size();
  const auto [of_mean, of_sd] = errors_of(target, *sample);
  const bool told = r_hat > 1.01 || ess < 400 || divergences > 0,
             misleads = !told && std::max(of_mean, of_sd) > 0.15;
  std::printf("%-16s %-8s %8.4f %7.0f %6zu %10ld %8.3f %8.3f  %s\n", target.name, contestant.name, r_hat, ess,
              divergences, sample->gradients_warmup + sample->gradients_sampling, of_mean, of_sd,
              misleads ? "misleads"
              : told   ? "fails"
                       : "samples");
  return !misleads;
}

}  // namespace

int main() {
  std::vector<double> scales;
  for (int i = 0; i < 12; ++i) scales.push_back(std::pow(10.0, -2 + 4.0 * i / 11));
  std::printf("%-16s %-8s %8s %7s %6s %10s %8s %8s\n", "target", "sampler", "R-hat", "ESS", "div.",
              "gradients", "mean", "sd");
  bool honest = true;
  for (const TargetDensity& target : {normal("correlated", 0.95, std::vector<double>(10, 1.0)),
                                      normal("ill-conditioned", 0.7, scales), valley(), hills(), funnel()})
    for (const Contestant& contestant : contestants) honest = run(target, contestant) && honest;
  return honest ? 0 : 1;
}
