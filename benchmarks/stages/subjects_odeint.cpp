// The same subjects by Boost.odeint's Dormand-Prince with dense output, restarted at every dose.
#include <benchmark/benchmark.h>

#include <boost/numeric/odeint.hpp>

#include "benchmarks/stages/subjects.hpp"

namespace qdose::benchmarks {
namespace {

using State = std::array<double, 4>;

Course run(const Subject& s) {
  namespace odeint = boost::numeric::odeint;
  const auto f = [&](const State& y, State& dy, double) { slope(s, y.data(), dy.data()); };
  State y{0, 0, 0, s[5]};
  Course course;
  double now = 0;
  int k = 0;
  for (int d = 0; d < doses; ++d) {
    y[0] += amount;
    const double end = d + 1 < doses ? interval * (d + 1) : last;
    auto solver = odeint::make_dense_output(absolute_tolerance, relative_tolerance,
                                            odeint::runge_kutta_dopri5<State>());
    solver.initialize(y, now, 0.1);
    while (solver.current_time() < end) {
      solver.do_step(f);
      for (; k < values && value_time(k) <= end && value_time(k) <= solver.current_time(); ++k) {
        State z;
        solver.calc_state(value_time(k), z);
        course.C[static_cast<std::size_t>(k)] = z[1] / s[1];
        course.R[static_cast<std::size_t>(k)] = z[3];
      }
    }
    solver.calc_state(end, y);
    now = end;
  }
  return course;
}

void odeint_dopri5(benchmark::State& state) {
  std::uint64_t item = 0;
  for (auto _ : state) benchmark::DoNotOptimize(run(draw_subject(item++ % 1024)).R.back());
  state.SetItemsProcessed(state.iterations());
  state.counters["error_sd"] = largest_error(run);
}
BENCHMARK(odeint_dopri5);

}  // namespace
}  // namespace qdose::benchmarks
