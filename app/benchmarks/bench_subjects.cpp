// Whole subjects of a phase-1 trial: 21 daily doses, concentration and biomarker at 64 times.
#include <cmath>

#include "app/benchmarks/benchmark.hpp"
#include "qdose/base/random.hpp"
#include "qdose/simulate/kernels.hpp"
#include "qdose/simulate/ode_kernels.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

Schedule trial_schedule() {
  constexpr int doses = 21, values = 64;
  constexpr double last = 1176;  // h
  Schedule s;
  for (int d = 0; d < doses; ++d) s.doses.push_back({24.0 * d, 10.0, 0.0});
  for (int k = 1; k <= values; ++k) s.pk_times.push_back(last * k / values);
  s.pd_times = s.pk_times;
  return s;
}

/// Parameters of eight subjects a batch: log-normal around typical values.
std::vector<std::vector<Lanes>> draw_subjects(std::size_t batches, std::uint64_t seed) {
  struct Normal {
    double typical, spread;
  };
  // CL, Vc, Vp, Q, ka; R0, kout, IC50, Imax
  constexpr Normal population[] = {{0.02, 0.3}, {3.5, 0.2},  {5.0, 0.2}, {0.05, 0.2}, {0.6, 0.3},
                                   {9.0, 0.2},  {0.03, 0.3}, {1.5, 0.4}, {1.0, 0.0}};
  std::vector<std::vector<Lanes>> all(batches);
  for (std::size_t b = 0; b < batches; ++b) {
    Stream random(seed, Purpose::population, b);
    for (const Normal& p : population) {
      Lanes x;
      for (double& e : x.v) e = p.typical * std::exp(p.spread * random.normal());
      all[b].push_back(x);
    }
  }
  return all;
}

Result<Measurement> closed_form(const Context& context) {
  const std::vector<Schedule> schedules(lanes, trial_schedule());
  const BatchPlan plan = make_plan(schedules, resolution_for(schedules, "pk_2c_oral"));
  const auto subjects = draw_subjects(256, context.seed());
  const pk_kernels_t& pk = pk_kernels("pk_2c_oral");
  const pd_kernels_t& pd = pd_kernels("pd_indirect_inhib_kin");
  std::vector<Lanes> concentration(plan.pk.points.size()), response(plan.pd.responses.size());
  Workspace workspace;
  const double rate = best_rate([&] {
    for (const auto& parameters : subjects) {
      pk.concentrations(plan.pk, parameters.data(), workspace, concentration.data());
      pd.responses(plan.pd, parameters.data() + pk.parameters, concentration.data(), workspace,
                   response.data());
      keep(response.back()[0]);
    }
    return static_cast<double>(subjects.size() * lanes);
  });
  return Measurement{rate, "subjects/s", 1, std::string(kernel_instruction_set())};
}

/// Relative tolerance 1e-5 a step: concentrations are then within 2e-6.
Result<Measurement> by_solver(const Context& context) {
  constexpr double tolerance = 1e-5;
  const std::vector<Schedule> schedules(lanes, trial_schedule());
  const BatchPlan plan = make_plan(schedules, {}, false);
  const auto subjects = draw_subjects(64, context.seed());
  std::vector<Lanes> concentration(plan.pk.points.size()), response(concentration.size());
  Workspace workspace;
  const double rate = best_rate([&] {
    for (const auto& parameters : subjects) {
      ode_kernels().trajectories(plan.pk, parameters.data(), tolerance, workspace, concentration.data(),
                                 response.data());
      keep(response.back()[0]);
    }
    return static_cast<double>(subjects.size() * lanes);
  });
  return Measurement{rate, "subjects/s", 1, std::string(kernel_instruction_set())};
}

}  // namespace

std::vector<Benchmark> subjects_benchmarks() {
  return {{"subjects_closed_form", "2c oral + turnover, 21 doses, 64 observation times, closed forms",
           closed_form},
          {"subjects_ode", "the same by the error-controlled solver on eight lanes", by_solver}};
}

}  // namespace qdose
