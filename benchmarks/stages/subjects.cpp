// Subjects per second by closed forms and by the solver on eight lanes; the other engines are in files of
// their own. All on one thread: compare rates within one run.
#include "benchmarks/stages/subjects.hpp"

#include <benchmark/benchmark.h>

#include "qdose/simulate/ode_kernels.hpp"

namespace qdose::benchmarks {
namespace {

std::vector<std::vector<Lanes>> all_subjects(std::size_t batches) {
  std::vector<std::vector<Lanes>> all(batches, std::vector<Lanes>(Subject{}.size()));
  for (std::size_t b = 0; b < batches; ++b)
    for (std::size_t l = 0; l < lanes; ++l) {
      const Subject s = draw_subject(b * lanes + l);
      for (std::size_t i = 0; i < s.size(); ++i) all[b][i][l] = s[i];
    }
  return all;
}

constexpr std::size_t batches = 128;

void closed_form(benchmark::State& state) {
  const std::vector<Schedule> schedules(lanes, schedule());
  const BatchPlan plan = make_plan(schedules, resolution_for(schedules, "pk_2c_oral"));
  const auto subjects = all_subjects(batches);
  const pk_kernels_t& pk = pk_kernels("pk_2c_oral");
  const pd_kernels_t& pd = pd_kernels("pd_indirect_inhib_kin");
  std::vector<Lanes> C(plan.pk.points.size()), R(plan.pd.responses.size());
  Workspace workspace;
  for (auto _ : state)
    for (const auto& p : subjects) {
      pk.concentrations(plan.pk, p.data(), workspace, C.data());
      pd.responses(plan.pd, p.data() + pk.parameters, C.data(), workspace, R.data());
      benchmark::DoNotOptimize(R.back()[0]);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batches * lanes));
}
BENCHMARK(closed_form);

void lane_solver(benchmark::State& state) {
  const std::vector<Schedule> schedules(lanes, schedule());
  const BatchPlan plan = make_plan(schedules, {}, false);
  const auto subjects = all_subjects(batches);
  std::vector<Lanes> C(plan.pk.points.size()), R(C.size());
  Workspace workspace;
  for (auto _ : state)
    for (const auto& p : subjects) {
      ode_kernels().trajectories(plan.pk, p.data(), relative_tolerance, workspace, C.data(), R.data());
      benchmark::DoNotOptimize(R.back()[0]);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batches * lanes));
}
BENCHMARK(lane_solver);

}  // namespace
}  // namespace qdose::benchmarks

BENCHMARK_MAIN();
