// What a benchmark is. Adding a group is adding a file app/benchmarks/bench_NAME.cpp that defines
//
//   std::vector<Benchmark> NAME_benchmarks();
//
// The build finds it by its name (app/CMakeLists.txt).
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "qdose/base/result.hpp"

namespace qdose {

/// One number and what it counts, such as 1000 "subjects/s" on one thread.
struct Measurement {
  double value = 0;
  std::string unit;
  int threads = 1;
  std::string kernels;  ///< what does the work: avx512, avx2, a BLAS flavour, cuda ...
};

struct Benchmark {
  std::string name, summary;
  std::function<Result<Measurement>(const Context&)> run;
};

/// All benchmarks of all groups, in the order of the files' names.
std::vector<Benchmark> all_benchmarks();

/// How time is taken: the processor time of the calling thread, which other programs do not disturb much, or
/// the wall clock where several threads work.
enum class Clock { thread, wall };

/// Units of work per second: `work` does some and returns how many. It is called once to warm up, then in
/// five rounds of at least 0.2 s each; the best round counts.
double best_rate(const std::function<double()>& work, Clock clock = Clock::thread);

/// Keeps the compiler from leaving out work whose result nobody reads.
void keep(double value);

}  // namespace qdose
