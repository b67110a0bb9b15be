// Training trajectories of the report's design: drawn, simulated and with errors, as training uses them.
#include "app/benchmarks/benchmark.hpp"
#include "qdose/simulate/kernels.hpp"
#include "qdose/simulate/report_priors.hpp"

namespace qdose {
namespace {

Result<Measurement> trajectories(Role role, const Context& context) {
  constexpr std::size_t count = 4096;
  std::uint64_t next = 0;
  const auto source = make_report_trajectories({role, true}, context.seed(), Purpose::training);
  TrajectoryBlock block;
  const double rate = best_rate([&] {
    source->make(next, count, block);
    next += count;
    keep(static_cast<double>(block.values.back()));
    return static_cast<double>(count);
  });
  return Measurement{rate, "trajectories/s", 1, std::string(kernel_instruction_set())};
}

}  // namespace

std::vector<Benchmark> trajectories_benchmarks() {
  return {{"trajectories_pk", "PK trajectories of the report's design (39 points, any class, with errors)",
           [](const Context& context) { return trajectories(Role::pk, context); }},
          {"trajectories_pair",
           "the same with a PD trajectory driven by it (25 points, any pair of classes, with errors)",
           [](const Context& context) { return trajectories(Role::pd, context); }}};
}

}  // namespace qdose
