#include "qdose/simulate/wide_prior.hpp"

#include <cmath>

#include "qdose/simulate/grid_trajectories.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/priors.hpp"

namespace qdose {
namespace {

constexpr double usual_interval = 48;  ///< the middle one of the report's

class WidePrior final : public GridPrior {
 public:
  Batch amounts(const ItemAddress& address, std::uint64_t first_item, std::span<const std::size_t> items,
                LaneStream&) const override {
    Batch amounts(0.0);
    for (std::size_t l = 0; l < lanes; ++l)
      amounts.set_lane(l, compound(address, first_item + items[l < items.size() ? l : 0]).dose);
    return amounts;
  }

  void draw(const ItemAddress& address, std::uint64_t first_item, std::span<const std::size_t> items,
            const ModelInfo& model, Lanes* parameters) const override {
    for (std::size_t l = 0; l < items.size(); ++l) {
      const std::uint64_t item = first_item + items[l];
      const Compound drug = compound(address, item);
      Stream random =
          address.stream(item, model.role == Role::pk ? Draw::pk_parameters : Draw::pd_parameters);
      std::vector<double> values = draw_individual(model, drug.scales, random).parameters;
      draw_direction(model, drug.scales, random, values);
      for (std::size_t p = 0; p < values.size(); ++p) parameters[p].v[l] = values[p];
    }
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      for (std::size_t l = items.size(); l < lanes; ++l) parameters[p].v[l] = parameters[p].v[0];
  }

  GridErrors errors(const ItemAddress& address, std::uint64_t first_item,
                    std::span<const std::size_t> items) const override {
    Batch pk(0.0), pk_size(0.0), pd(0.0), pd_size(0.0);
    for (std::size_t l = 0; l < lanes; ++l) {
      const TrialScales s = compound(address, first_item + items[l < items.size() ? l : 0]).scales;
      pk.set_lane(l, s.pk_noise);
      pk_size.set_lane(l, s.concentration_low);
      pd.set_lane(l, s.pd_noise);
      pd_size.set_lane(l, s.baseline);
    }
    constexpr double smallest = 0.005;  // of a typical value: the assay's resolution
    return {pk, Batch(smallest) * pk_size, pk, Batch(smallest) * pk_size, pd, Batch(smallest) * pd_size};
  }

 private:
  struct Compound {
    double dose;
    TrialScales scales;
  };
  static Compound compound(const ItemAddress& address, std::uint64_t item) {
    Stream random = address.stream(item, Draw::scales);
    const double dose = random.log_uniform(0.01, 1000);
    return {dose, any_compound(dose, usual_interval, random)};
  }
};

}  // namespace

TrialScales any_compound(double dose, double interval, Stream& random) {
  TrialScales s;
  s.interval = interval;
  s.pk_first = s.pd_first = 1;
  s.pk_profile = interval;
  s.pd_span = 1176;
  s.half_life = random.log_uniform(3, 336);
  s.peak_time = random.log_uniform(1, 12);
  s.clearance = dose * random.log_uniform(1e-3, 1e3);
  const double average = dose / (s.clearance * interval);
  s.concentration_low = 0.5 * average;
  // A short half-life makes peaks far above the average.
  s.concentration_high = average * (1.5 + 1.44 * interval / s.half_life);
  s.pk_noise = random.log_uniform(0.05, 0.25);
  s.baseline = random.log_uniform(0.01, 1e4);
  s.effect = random.log_uniform(0.2, 2.5);
  s.onset = random.log_uniform(1, 168);
  s.pd_noise = random.log_uniform(0.03, 0.2);
  return s;
}

Individual draw_individual(const ModelInfo& model, const TrialScales& scales, Stream& random) {
  const PriorDraw population = draw_prior(model, scales, random);
  Individual one{{}, population.proportional, population.additive};
  for (std::size_t i = 0; i < population.typical.size(); ++i) {
    const double x = population.typical[i] + population.omega[i] * random.normal();
    one.parameters.push_back(model.parameters[i].scale == Scale::log ? std::exp(x) : 1 / (1 + std::exp(-x)));
  }
  return one;
}

void draw_direction(const ModelInfo& model, const TrialScales& scales, Stream& random,
                    std::span<double> parameters) {
  const auto at = [&](std::string_view symbol) { return parameter_index(model, symbol); };
  const bool opposite = random.below(2) == 1;
  const int slope = at("SLOPE"), largest = at("Emax"), baseline = at("R0");
  if (!opposite || baseline < 0) return;
  const double R0 = parameters[static_cast<std::size_t>(baseline)];
  // A rise to (1 + x) R0 becomes a fall to R0/(1 + x).
  if (slope >= 0) {
    double& x = parameters[static_cast<std::size_t>(slope)];
    x = -x / (1 + x * scales.concentration_high / R0);
  } else if (largest >= 0 && (at("Hill") >= 0 || at("ke0") >= 0)) {
    double& x = parameters[static_cast<std::size_t>(largest)];
    x = -x / (1 + x / R0);
  }
}

std::unique_ptr<TrajectorySource> make_wide_trajectories(Role role, std::uint64_t seed, Purpose purpose) {
  return make_grid_trajectories({seed, purpose, role}, std::make_unique<WidePrior>());
}

}  // namespace qdose
