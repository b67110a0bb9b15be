// The density of a population fit with its gradient, on virtual trials of known size.
#include <fmt/format.h>

#include <cmath>

#include "app/benchmarks/benchmark.hpp"
#include "app/benchmarks/gradient_problem.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/kernels.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/starts.hpp"

namespace qdose {
namespace {

/// Gradients per second around a mode, where samplers are.
Result<Measurement> gradients(const GradientProblem& what, const Context& context) {
  const auto problem = make_gradient_problem(what, context.seed());
  if (!problem) return problem.errors();
  PopulationDensity density(*problem);
  const auto starts = find_starts(density, 2, 1.0, context.seed(), 1);
  if (!starts) return starts.errors();
  const Eigen::VectorXd& from = starts->positions[0];
  std::vector<double> x(from.data(), from.data() + from.size()), gradient(x.size());
  const double rate = best_rate([&] {
    constexpr int calls = 256;
    for (int i = 0; i < calls; ++i) {
      x[0] += 1e-9;
      keep(density.log_density(x, gradient));
    }
    return static_cast<double>(calls);
  });
  return Measurement{rate, "gradients/s", 1, std::string(kernel_instruction_set())};
}

Benchmark benchmark(const GradientProblem& what, const std::string& summary) {
  return {what.name, summary, [what](const Context& context) { return gradients(what, context); }};
}

}  // namespace

std::vector<Benchmark> gradients_benchmarks() {
  std::vector<Benchmark> all{
      benchmark(gradient_1c, "population density with gradient: 36 subjects, 1c oral + turnover, 21 doses"),
      benchmark(gradient_2c, "the same for 48 subjects (12 on placebo), 2c oral + turnover")};
  for (const ModelInfo& pk : pk_models())
    if (pk.about.id != gradient_1c.pk)
      all.push_back(
          benchmark({fmt::format("gradient_{}", pk.about.id), std::string(pk.about.id), gradient_1c.levels},
                    fmt::format("gradient_1c with this class: {}", pk.about.title)));
  for (const ModelInfo& pd : pd_models())
    if (pd.about.id != gradient_1c.pd)
      all.push_back(benchmark({fmt::format("gradient_{}", pd.about.id), gradient_1c.pk, gradient_1c.levels,
                               std::string(pd.about.id)},
                              fmt::format("gradient_1c with this class: {}", pd.about.title)));
  return all;
}

}  // namespace qdose
