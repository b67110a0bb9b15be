// Trajectories written as NumPy arrays: by several threads, and by several ranks, the same bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/distributed/ranks.hpp"
#include "qdose/simulate/trajectories.hpp"

namespace qdose {

/// Settings of `qdose simulate pk|pd`.
struct TrainingSetSettings {
  std::uint64_t count = 100000;
  std::string priors = "report", trial;
  bool mpi = false;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("count", count, "pk, pd: number of trajectories (1 to 10^12)");
    v("priors", priors,
      "pk, pd: report, report-as-published (drops the dose at t = 0 as the report did), wide (any compound), "
      "trial "
      "(the design and size of --trial)");
    v("trial", trial, "pk, pd: trial for the priors of that name, a CSV file");
    v("mpi", mpi, "pk, pd: share the work with the other processes that mpirun started");
  }
};

/// "pk" -> X_pk.npy, y_pk_cls.npy, y_pk_reg.npy, y_pk_mask.npy, times.npy, meta.json.
std::vector<std::string> training_set_files(Role role);

/// What a set is made with.
struct TrainingSetJob {
  std::uint64_t count = 0, seed = 0;
  std::filesystem::path folder;
  int threads = 1;
  std::string priors, trial;
  bool dose_at_zero = true;
};

/// Writes the set; meta.json says what it holds, how many trajectories failed and that none occurs twice.
/// Memory is bounded whatever the count: about 70 MB a thread, for the duplicate check. Returns meta.json's
/// text (on the first rank; empty on others). Interrupted or failed it leaves nothing. Faults: files.
Result<std::string> write_training_set(const TrajectorySource& source, const TrainingSetJob& job,
                                       Ranks& ranks, Progress& progress);

}  // namespace qdose
