// The density of a population fit with its gradient, on virtual trials of known size.
#include <cmath>

#include "app/benchmarks/benchmark.hpp"
#include "qdose/simulate/kernels.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/starts.hpp"

namespace qdose {
namespace {

/// A trial of 12 subjects a level with 21 daily doses, and the density of its own pair of classes.
Result<PopulationDensity> density_of(const std::string& pk, const std::string& levels, std::uint64_t seed) {
  VirtualTrialSettings settings;
  settings.pk = pk;
  settings.levels = levels;
  const auto design = design_of(settings);
  if (!design) return design.errors();
  const auto truth = truth_of(settings);
  if (!truth) return truth.errors();
  const auto made = simulate_trial(*design, *truth, seed);
  if (!made) return made.errors();
  FitSettings fit;
  fit.seed = seed;
  auto problem = make_problem(made->trial, settings.pk, settings.pd, fit, {});
  if (!problem) return problem.errors();
  return PopulationDensity(*problem);
}

/// Gradients per second around a mode, where samplers are.
Result<Measurement> gradients(const std::string& pk, const std::string& levels, const Context& context) {
  auto density = density_of(pk, levels, context.seed());
  if (!density) return density.errors();
  const auto starts = find_starts(*density, 2, 1.0, context.seed(), 1);
  if (!starts) return starts.errors();
  const Eigen::VectorXd& from = starts->positions[0];
  std::vector<double> x(from.data(), from.data() + from.size()), gradient(x.size());
  const double rate = best_rate([&] {
    constexpr int calls = 256;
    for (int i = 0; i < calls; ++i) {
      x[0] += 1e-9;
      keep(density->log_density(x, gradient));
    }
    return static_cast<double>(calls);
  });
  return Measurement{rate, "gradients/s", 1, std::string(kernel_instruction_set())};
}

}  // namespace

std::vector<Benchmark> gradients_benchmarks() {
  return {{"gradient_1c", "population density with gradient: 36 subjects, 1c oral + turnover, 21 doses",
           [](const Context& context) { return gradients("pk_1c_oral", "1, 3, 10", context); }},
          {"gradient_2c", "the same for 48 subjects (12 on placebo), 2c oral + turnover",
           [](const Context& context) { return gradients("pk_2c_oral", "0, 1, 3, 10", context); }}};
}

}  // namespace qdose
