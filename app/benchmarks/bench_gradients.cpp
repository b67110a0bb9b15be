// The density of a population fit with its gradient, on virtual trials of known size.
#include <cmath>

#include "app/benchmarks/benchmark.hpp"
#include "app/benchmarks/gradient_problem.hpp"
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

}  // namespace

std::vector<Benchmark> gradients_benchmarks() {
  return {{gradient_1c.name, "population density with gradient: 36 subjects, 1c oral + turnover, 21 doses",
           [](const Context& context) { return gradients(gradient_1c, context); }},
          {gradient_2c.name, "the same for 48 subjects (12 on placebo), 2c oral + turnover",
           [](const Context& context) { return gradients(gradient_2c, context); }}};
}

}  // namespace qdose
