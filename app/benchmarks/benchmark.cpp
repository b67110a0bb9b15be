#include "app/benchmarks/benchmark.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace qdose {

#define QDOSE_BENCHMARKS_OF(name) std::vector<Benchmark> name##_benchmarks();
#include "app/benchmarks.inc"
#undef QDOSE_BENCHMARKS_OF

std::vector<Benchmark> all_benchmarks() {
  std::vector<Benchmark> all;
#define QDOSE_BENCHMARKS_OF(name) std::ranges::move(name##_benchmarks(), std::back_inserter(all));
#include "app/benchmarks.inc"
#undef QDOSE_BENCHMARKS_OF
  return all;
}

namespace {

double seconds(Clock clock) {
  timespec t{};
  clock_gettime(clock == Clock::thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

double best_rate(const std::function<double()>& work, Clock clock) {
  constexpr int rounds = 5;
  constexpr double shortest_round = 0.2;  // s
  work();
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const double start = seconds(clock);
    double units = 0, spent = 0;
    do {
      units += work();
      spent = seconds(clock) - start;
    } while (spent < shortest_round);
    best = std::max(best, units / spent);
  }
  return best;
}

void keep(double value) { asm volatile("" : : "x"(value) : "memory"); }

}  // namespace qdose
