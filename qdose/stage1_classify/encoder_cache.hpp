// Encoders tuned for a trial are kept, so that the same trial with the same settings is answered at once.
#pragma once
#include <filesystem>
#include <optional>

#include "qdose/base/result.hpp"
#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

/// $XDG_CACHE_HOME/qdose, or ~/.cache/qdose. Fault::file when neither variable is set.
Result<std::filesystem::path> cache_folder();

/// The folder of a job within the cache: its name is a hash of everything the encoder depends on (the trial's
/// content, priors, configuration, seed, budget), not of the number of threads.
std::filesystem::path folder_of(const std::filesystem::path& cache, const TrainJob& job);

/// Keeps other processes from training in the same folder while it lives.
class FolderLock {
 public:
  /// Waits for a process that trains there already (it polls interrupted()). Creates the folder.
  static Result<FolderLock> wait_for(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace qdose
