// The problems of `qdose bench gradient_1c gradient_2c` for Stan: data, our density and gradient at a few
// places, and our own rate. gradients_stan.R goes on from there.
//
//   bench_gradients_stan DIR [NAME]     writes DIR/gradient_1c.data.R and DIR/gradient_2c.data.R, or one of
//   them
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "app/benchmarks/benchmark.hpp"
#include "app/benchmarks/gradient_problem.hpp"
#include "app/context.hpp"
#include "benchmarks/stages/stan_data.hpp"
#include "benchmarks/stages/stan_subjects.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/starts.hpp"

namespace qdose::benchmarks {
namespace {

constexpr std::uint64_t seed = 1;
constexpr int places = 5;

/// Draws around the mode, in the centred coordinates that a new density has.
Result<std::vector<std::vector<double>>> places_around_mode(
    const std::shared_ptr<const PopulationProblem>& problem) {
  PopulationDensity density(problem);
  const auto starts = find_starts(density, places, 1.0, seed, 1);
  if (!starts) return starts.errors();
  std::vector<std::vector<double>> all;
  for (const Eigen::VectorXd& x : starts->positions) {
    all.emplace_back(density.dimension());
    density.to_reported({x.data(), all.back().size()}, all.back());
  }
  return all;
}

struct Values {
  std::vector<double> log_density;
  std::vector<std::vector<double>> gradient;
};

Values values_at(PopulationDensity& density, const std::vector<std::vector<double>>& all) {
  Values values;
  for (const std::vector<double>& x : all) {
    values.gradient.emplace_back(x.size());
    values.log_density.push_back(density.log_density(x, values.gradient.back()));
  }
  return values;
}

/// The same problem on panels so fine that what is left of their error is far below a solver's tolerance.
std::shared_ptr<const PopulationProblem> on_fine_panels(const PopulationProblem& problem) {
  constexpr double finer = 24;
  auto fine = std::make_shared<PopulationProblem>(problem);
  for (ProblemBatch& batch : fine->batches) {
    std::vector<Schedule> schedules;
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l)
      schedules.push_back(lane_schedule(batch.data.plan, l));
    Resolution resolution =
        resolution_for(schedules, problem.structure.model.pk_class, problem.structure.model.pd_class);
    resolution.first /= finer, resolution.growth /= finer, resolution.longest /= finer;
    batch.data.plan = make_plan(schedules, resolution);
  }
  return fine;
}

double gradients_per_second(PopulationDensity& density, std::vector<double> x) {
  std::vector<double> gradient(x.size());
  return best_rate([&] {
    constexpr int calls = 256;
    for (int i = 0; i < calls; ++i) {
      x[0] += 1e-9;
      keep(density.log_density(x, gradient));
    }
    return static_cast<double>(calls);
  });
}

Result<Done> write_problem(const GradientProblem& what, const std::filesystem::path& folder) {
  const auto problem = make_gradient_problem(what, seed);
  if (!problem) return problem.errors();
  const auto data = stan_data(**problem);
  if (!data) return data.errors();
  const auto at = places_around_mode(*problem);
  if (!at) return at.errors();
  PopulationDensity density(*problem), fine(on_fine_panels(**problem));
  const Values values = values_at(density, *at), fine_values = values_at(fine, *at);
  RList ours;
  ours.add("kernels", std::string(kernel_instruction_set()));
  ours.add("gradients_per_second", gradients_per_second(density, (*at)[0]));
  ours.add("x", *at);
  ours.add("log_density", values.log_density);
  ours.add("gradient", values.gradient);
  ours.add("fine_log_density", fine_values.log_density);
  ours.add("fine_gradient", fine_values.gradient);
  const std::filesystem::path path = folder / (what.name + ".data.R");
  std::ofstream file(path);
  file << data->assigned_to("stan_data") << ours.assigned_to("ours");
  if (!file.flush()) return Error{Fault::file, "cannot write", path.string(), ""};
  return Done{};
}

}  // namespace
}  // namespace qdose::benchmarks

int main(int count, char** arguments) {
  using namespace qdose;
  if (count < 2 || count > 3) {
    fmt::print(stderr, "usage: {} DIR [gradient_1c|gradient_2c]\n", arguments[0]);
    return 3;
  }
  for (const GradientProblem& what : {gradient_1c, gradient_2c}) {
    if (count == 3 && what.name != arguments[2]) continue;
    if (const auto done = benchmarks::write_problem(what, arguments[1]); !done)
      return report(done.errors(), false);
  }
}
