// The same subjects by CVODE (SUNDIALS), Adams and BDF, restarted at every dose.
#include <benchmark/benchmark.h>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include "benchmarks/stages/subjects.hpp"

namespace qdose::benchmarks {
namespace {

int right_hand_side(realtype, N_Vector y, N_Vector dy, void* subject) {
  slope(*static_cast<const Subject*>(subject), N_VGetArrayPointer(y), N_VGetArrayPointer(dy));
  return 0;
}

/// One solver for all subjects.
class Cvode {
 public:
  explicit Cvode(bool bdf) {
    SUNContext_Create(nullptr, &context_);
    y_ = N_VNew_Serial(4, context_);
    solver_ = CVodeCreate(bdf ? CV_BDF : CV_ADAMS, context_);
    N_VConst(0, y_);
    CVodeInit(solver_, right_hand_side, 0, y_);
    CVodeSStolerances(solver_, relative_tolerance, absolute_tolerance);
    CVodeSetMaxNumSteps(solver_, 100000);
    if (bdf) {
      matrix_ = SUNDenseMatrix(4, 4, context_);
      linear_ = SUNLinSol_Dense(y_, matrix_, context_);
      CVodeSetLinearSolver(solver_, linear_, matrix_);
    } else {
      fixed_point_ = SUNNonlinSol_FixedPoint(y_, 0, context_);
      CVodeSetNonlinearSolver(solver_, fixed_point_);
    }
  }
  ~Cvode() {
    CVodeFree(&solver_);
    if (linear_) SUNLinSolFree(linear_);
    if (matrix_) SUNMatDestroy(matrix_);
    if (fixed_point_) SUNNonlinSolFree(fixed_point_);
    N_VDestroy(y_);
    SUNContext_Free(&context_);
  }
  Cvode(const Cvode&) = delete;
  Cvode& operator=(const Cvode&) = delete;

  Course run(Subject s) {
    CVodeSetUserData(solver_, &s);
    double* y = N_VGetArrayPointer(y_);
    y[0] = y[1] = y[2] = 0;
    y[3] = s[5];
    Course course;
    double now = 0;
    int k = 0;
    for (int d = 0; d < doses; ++d) {
      y[0] += amount;
      CVodeReInit(solver_, now, y_);
      const double end = d + 1 < doses ? interval * (d + 1) : last;
      CVodeSetStopTime(solver_, end);
      while (k < values && value_time(k) <= end) {
        CVode(solver_, value_time(k), y_, &now, CV_NORMAL);
        course.C[static_cast<std::size_t>(k)] = y[1] / s[1];
        course.R[static_cast<std::size_t>(k++)] = y[3];
      }
      if (now < end) CVode(solver_, end, y_, &now, CV_NORMAL);
    }
    return course;
  }

 private:
  SUNContext context_ = nullptr;
  N_Vector y_ = nullptr;
  void* solver_ = nullptr;
  SUNMatrix matrix_ = nullptr;
  SUNLinearSolver linear_ = nullptr;
  SUNNonlinearSolver fixed_point_ = nullptr;
};

void cvode(benchmark::State& state) {
  Cvode solver(state.range(0) == 1);
  std::uint64_t item = 0;
  for (auto _ : state) benchmark::DoNotOptimize(solver.run(draw_subject(item++ % 1024)).R.back());
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(state.range(0) == 1 ? "BDF" : "Adams");
  state.counters["error_sd"] = largest_error([&](const Subject& s) { return solver.run(s); });
}
BENCHMARK(cvode)->Arg(0)->Arg(1);

}  // namespace
}  // namespace qdose::benchmarks
