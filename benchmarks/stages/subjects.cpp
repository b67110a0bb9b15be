// Subjects per second by closed forms and by the solver on eight lanes; the other engines are in files of
// their own. All on one thread: compare rates within one run.
#include "benchmarks/stages/subjects.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>

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

/// Eight subjects at a time by one of our engines: solve(parameters) fills C and R, one row a time.
class LaneEngine {
 public:
  virtual ~LaneEngine() = default;
  virtual void solve(const std::vector<Lanes>& parameters) = 0;
  /// Values of one subject.
  Course course(const Subject& s) {
    std::vector<Lanes> same;
    for (double x : s) same.push_back(all_lanes(x));
    solve(same);
    Course course;
    for (std::size_t k = 0; k < course.C.size(); ++k) course.C[k] = C[k][0], course.R[k] = R[k][0];
    return course;
  }
  std::vector<Lanes> C, R;
};

class ClosedForm : public LaneEngine {
 public:
  ClosedForm() {
    C.resize(plan_.pk.points.size());
    R.resize(plan_.pd.responses.size());
  }
  void solve(const std::vector<Lanes>& p) override {
    pk_.concentrations(plan_.pk, p.data(), workspace_, C.data());
    pd_.responses(plan_.pd, p.data() + pk_.parameters, C.data(), workspace_, R.data());
  }

 private:
  const std::vector<Schedule> schedules_{lanes, schedule()};
  const BatchPlan plan_ = make_plan(schedules_, resolution_for(schedules_, "pk_2c_oral"));
  const pk_kernels_t& pk_ = pk_kernels("pk_2c_oral");
  const pd_kernels_t& pd_ = pd_kernels("pd_indirect_inhib_kin");
  Workspace workspace_;
};

class LaneSolver : public LaneEngine {
 public:
  explicit LaneSolver(double tolerance) : tolerance_(tolerance) {
    C.resize(plan_.pk.points.size());
    R.resize(C.size());
  }
  void solve(const std::vector<Lanes>& p) override {
    ode_kernels().trajectories(plan_.pk, p.data(), tolerance_, workspace_, C.data(), R.data());
  }

 private:
  const BatchPlan plan_ = make_plan(std::vector<Schedule>(lanes, schedule()), {}, false);
  double tolerance_;
  Workspace workspace_;
};

void run(benchmark::State& state, LaneEngine& engine) {
  constexpr std::size_t batches = 128;
  const auto subjects = all_subjects(batches);
  for (auto _ : state)
    for (const auto& p : subjects) {
      engine.solve(p);
      benchmark::DoNotOptimize(engine.R.back()[0]);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batches * lanes));
  state.counters["error_sd"] = largest_error([&](const Subject& s) { return engine.course(s); });
}

void closed_form(benchmark::State& state) {
  ClosedForm engine;
  run(state, engine);
}
BENCHMARK(closed_form);

void lane_solver(benchmark::State& state) {
  LaneSolver engine(relative_tolerance);
  run(state, engine);
}
BENCHMARK(lane_solver);

}  // namespace

double largest_error(const std::function<Course(const Subject&)>& engine) {
  constexpr std::size_t judged = 256;
  LaneSolver judge(1e-11);
  double largest = 0;
  for (std::size_t item = 0; item < judged; ++item) {
    const Subject s = draw_subject(item);
    const Course got = engine(s), expected = judge.course(s);
    for (std::size_t k = 0; k < got.C.size(); ++k) {
      const double c = expected.C[k], r = expected.R[k];
      largest = std::max({largest, std::abs(got.C[k] - c) / std::hypot(0.15 * c, 0.02),
                          std::abs(got.R[k] - r) / std::hypot(0.1 * r, 0.05)});
    }
  }
  return largest;
}

}  // namespace qdose::benchmarks

BENCHMARK_MAIN();
