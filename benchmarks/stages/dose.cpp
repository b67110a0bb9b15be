// The dose search's attainment beside CVODE, which gives every dose of the grid for 60 days to the same
// subjects.
#include <cvode/cvode.h>
#include <fmt/format.h>
#include <nvector/nvector_serial.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "benchmarks/stages/subjects.hpp"
#include "qdose/dosing/attainment.hpp"

namespace qdose::benchmarks {
namespace {

constexpr double days = 60, threshold = 4;
constexpr std::size_t count = 24;
constexpr int grid_doses = 10;

/// Subjects who are at steady state after 60 days: five times the clearance of the other benchmarks' ones.
Subject quick_subject(std::size_t item) {
  Subject s = draw_subject(item);
  s[0] *= 5;
  return s;
}

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int right_hand_side(realtype, N_Vector y, N_Vector dy, void* subject) {
  slope(*static_cast<const Subject*>(subject), N_VGetArrayPointer(y), N_VGetArrayPointer(dy));
  return 0;
}

/// Largest response over the interval that begins after 60 days of a dose every `interval` h (Adams, 1e-6).
double peak_after_60_days(Subject& s, double dose, double every) {
  SUNContext context = nullptr;
  SUNContext_Create(nullptr, &context);
  N_Vector y = N_VNew_Serial(4, context);
  double* a = N_VGetArrayPointer(y);
  a[0] = a[1] = a[2] = 0, a[3] = s[5];
  void* solver = CVodeCreate(CV_ADAMS, context);
  CVodeInit(solver, right_hand_side, 0, y);
  CVodeSStolerances(solver, 1e-6, 1e-9);
  CVodeSetMaxNumSteps(solver, 100000);
  SUNNonlinearSolver fixed_point = SUNNonlinSol_FixedPoint(y, 0, context);
  CVodeSetNonlinearSolver(solver, fixed_point);
  CVodeSetUserData(solver, &s);
  const int intervals = static_cast<int>(std::ceil(days * 24 / every));
  double now = 0, peak = 0;
  for (int d = 0; d <= intervals; ++d) {
    a[0] += dose;
    CVodeReInit(solver, now, y);
    CVodeSetStopTime(solver, every * (d + 1));
    const int steps = d == intervals ? 100 : 1;
    const double start = now;
    if (d == intervals) peak = a[3];
    for (int k = 1; k <= steps; ++k) {
      CVode(solver, start + every * k / steps, y, &now, CV_NORMAL);
      if (d == intervals) peak = std::max(peak, a[3]);
    }
  }
  CVodeFree(&solver);
  SUNNonlinSolFree(fixed_point);
  N_VDestroy(y);
  SUNContext_Free(&context);
  return peak;
}

/// Shares at each dose of the grid, and the processor time of one subject for the whole curve.
struct Curve {
  std::vector<double> share = std::vector<double>(grid_doses, 0.0);
  double seconds_a_subject = 0;
};

Curve by_cvode(double every, double grid) {
  Curve curve;
  const double start = processor_seconds();
  for (std::size_t i = 0; i < count; ++i) {
    Subject s = quick_subject(i);
    for (int d = 0; d < grid_doses; ++d)
      curve.share[static_cast<std::size_t>(d)] +=
          (peak_after_60_days(s, grid * (d + 1), every) < threshold) / static_cast<double>(count);
  }
  curve.seconds_a_subject = (processor_seconds() - start) / count;
  return curve;
}

Curve by_search(double every, double grid) {
  Curve curve;
  IntervalResponse response("pk_2c_oral", "pd_indirect_inhib_kin", {every, 0});
  const Endpoint endpoint = throughout(Quantity::biomarker, Direction::below, threshold);
  const double start = processor_seconds();
  constexpr int repeats = 200;  // for the clock's sake
  for (int r = 0; r < repeats; ++r) {
    std::vector<AttainedDoses> found;
    for (std::size_t first = 0; first < count; first += lanes) {
      std::vector<Lanes> parameters(9);
      for (std::size_t l = 0; l < lanes; ++l) {
        const Subject s = quick_subject(first + l);
        for (std::size_t p = 0; p < 9; ++p) parameters[p].v[l] = s[p];
      }
      response.set_subjects(parameters);
      for (const AttainedDoses& one : attained_doses(response, endpoint, grid * 20)) found.push_back(one);
    }
    const Attainment attainment({ReplicateAttainment(found)});
    for (int d = 0; d < grid_doses; ++d)
      curve.share[static_cast<std::size_t>(d)] = attainment.mean(grid * (d + 1));
  }
  curve.seconds_a_subject = (processor_seconds() - start) / (count * repeats);
  return curve;
}

}  // namespace
}  // namespace qdose::benchmarks

int main() {
  using namespace qdose::benchmarks;
  double cvode = 0, search = 0;
  for (const auto& [name, every, grid] : {std::tuple{"daily", 24.0, 1.0}, {"weekly", 168.0, 10.0}}) {
    const Curve slow = by_cvode(every, grid), fast = by_search(every, grid);
    double largest = 0;
    for (int d = 0; d < grid_doses; ++d) {
      const auto k = static_cast<std::size_t>(d);
      largest = std::max(largest, std::abs(slow.share[k] - fast.share[k]));
      fmt::print("{:<7} {:>4g} mg: {:.3f} by 60 days of CVODE, {:.3f} by the search\n", name, grid * (d + 1),
                 slow.share[k], fast.share[k]);
    }
    fmt::print("{:<7} largest difference {:.3f} of {} subjects\n", name, largest, count);
    cvode += slow.seconds_a_subject / grid_doses, search += fast.seconds_a_subject;
  }
  fmt::print(
      "10^5 subjects, daily and weekly: {:.2f} s by the search; by CVODE {:.0f} s for every dose tried, so "
      "{:.0f} s "
      "with the same dozen doses a subject and {:.0f} s for a grid of 200; ratios {:.0f} and {:.0f}\n",
      1e5 * search, 1e5 * cvode, 12e5 * cvode, 200e5 * cvode, 12 * cvode / search, 200 * cvode / search);
}
