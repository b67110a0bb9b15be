#include "qdose/stage2_population/starts.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/mode_search.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double omega_sd = 0.2, error_sd = 0.05;  // of the logarithms, at width 1
constexpr double correlation_sd = 0.15;            // of artanh, at width 1

/// Draws of everything, in the reported coordinates of a density whose structure is a part of the pilot's.
class PilotDraws {
 public:
  PilotDraws(const Pilot& pilot, const Inclusion& inclusion, const PopulationProblem& target)
      : pilot_(pilot), inclusion_(inclusion), target_(target), head_(pilot.local.head(inclusion)) {
    root_ = Eigen::LLT<Eigen::MatrixXd>(
                head_.covariance + 1e-12 * Eigen::MatrixXd::Identity(head_.mean.size(), head_.mean.size()))
                .matrixL();
    const auto& all = pilot.problem->structure.model.effects;
    for (const CovariateEffect& effect : target.structure.model.effects)
      effect_.push_back(static_cast<std::size_t>(
          std::find_if(all.begin(), all.end(),
                       [&](const CovariateEffect& e) { return e.name == effect.name; }) -
          all.begin()));
  }

  std::vector<double> draw(double width, Stream& random) const {
    const Layout& layout = target_.layout;
    std::vector<double> x(layout.dimension);
    const auto put = [&](std::ptrdiff_t place, double value) {
      if (place != absent) x[static_cast<std::size_t>(place)] = value;
    };
    VectorXd z(head_.mean.size());
    for (double& v : z) v = random.normal();
    VectorXd head = head_.mean + width * (root_ * z);
    take_from_mode(head);
    const std::size_t parameters = layout.typical.size();
    for (std::size_t p = 0; p < parameters; ++p) {
      put(layout.typical[p], head[static_cast<Index>(p)]);
      put(layout.log_omega[p],
          std::log(std::max(inclusion_.omega[p], 1e-3)) + width * omega_sd * random.normal());
    }
    for (const std::size_t place : layout.correlation) x[place] = width * correlation_sd * random.normal();
    for (std::size_t e = 0; e < effect_.size(); ++e)
      x[layout.beta[e]] = head[static_cast<Index>(parameters + effect_[e])];
    const auto from = error_places(pilot_.problem->layout), to = error_places(layout);
    for (std::size_t i = 0; i < to.size(); ++i)
      put(to[i], pilot_.mode[from[i]] + width * error_sd * random.normal());
    std::size_t local = 0;
    for (std::size_t s = 0; s < layout.individual.size(); ++s) {
      const auto& places = pilot_.problem->layout.individual[s];
      if (std::all_of(places.begin(), places.end(), [](std::ptrdiff_t p) { return p == absent; })) continue;
      const VectorXd phi = pilot_.local.individual(local, inclusion_, head, width, random);
      const auto& parameter = pilot_.local.subjects()[local++].parameter;
      for (std::size_t k = 0; k < parameter.size(); ++k)
        put(layout.individual[s][parameter[k]], phi[static_cast<Index>(k)]);
    }
    return x;
  }

 private:
  /// What acts on parameters that do not vary is in no subject's picture.
  void take_from_mode(VectorXd& head) const {
    const Layout& layout = pilot_.problem->layout;
    const auto& effects = pilot_.problem->structure.model.effects;
    for (std::size_t p = 0; p < layout.typical.size(); ++p)
      if (layout.log_omega[p] == absent && layout.typical[p] != absent)
        head[static_cast<Index>(p)] = pilot_.mode[layout.typical[p]];
    for (std::size_t e = 0; e < effects.size(); ++e)
      if (layout.log_omega[effects[e].parameter] == absent)
        head[static_cast<Index>(layout.typical.size() + e)] = pilot_.mode[static_cast<Index>(layout.beta[e])];
  }

  const Pilot& pilot_;
  const Inclusion& inclusion_;
  const PopulationProblem& target_;
  LocalPopulation::Head head_;
  Eigen::MatrixXd root_;
  std::vector<std::size_t> effect_;  ///< [effect of the target] index in the pilot's structure
};

double value_at(PopulationDensity& density, const VectorXd& x) {
  std::vector<double> gradient(density.dimension());
  return density.log_density({x.data(), gradient.size()}, gradient);
}

VectorXd sampled(const PopulationDensity& density, const std::vector<double>& reported) {
  VectorXd x(static_cast<Index>(reported.size()));
  density.from_reported(reported, {x.data(), reported.size()});
  return x;
}

}  // namespace

Result<std::vector<VectorXd>> starts_around(const Pilot& pilot, const Inclusion& inclusion,
                                            PopulationDensity& density, int chains, double dispersion,
                                            std::uint64_t seed) {
  constexpr std::uint32_t learning_draws = 60, chain_part = 1000, learning_part = 1001;
  constexpr double slack = 50.0, smallest = 1e-3;
  const PilotDraws draws(pilot, inclusion, density.problem());
  std::vector<std::vector<double>> learning;
  Stream random(seed, Purpose::start, 0, learning_part);
  for (std::uint32_t i = 0; i < learning_draws; ++i) learning.push_back(draws.draw(1.0, random));
  density.learn_coordinates(learning);
  Stream unused(seed, Purpose::start, 0, chain_part);
  const VectorXd center = sampled(density, draws.draw(0.0, unused));
  const double top = value_at(density, center), dimension = static_cast<double>(density.dimension());
  if (!std::isfinite(top)) return Error{Fault::numerical, "the density is not finite at its mode", "", ""};
  std::vector<VectorXd> positions;
  for (int c = 0; c < chains; ++c) {
    VectorXd start = center;
    for (double width = dispersion; width > smallest; width *= 0.5) {
      Stream own(seed, Purpose::start, static_cast<std::uint64_t>(c), chain_part);
      const VectorXd x = sampled(density, draws.draw(width, own));
      if (!(value_at(density, x) > top - 2.0 * dimension * width * width - slack)) continue;
      start = x;
      break;
    }
    positions.push_back(std::move(start));
  }
  return positions;
}

Result<Starts> find_starts(PopulationDensity& density, int chains, double dispersion, std::uint64_t seed,
                           int threads) {
  const auto pilot = explore(density, chains, seed, threads);
  if (!pilot) return pilot.errors();
  auto positions = starts_around(*pilot, pilot->inclusion, density, chains, dispersion, seed);
  if (!positions) return positions.errors();
  return Starts{std::move(*positions), pilot->searches, pilot->gradients};
}

}  // namespace qdose
