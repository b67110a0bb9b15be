// The processes that share a job: alone, or started together by mpirun.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// All ranks must call the same collective functions in the same order.
class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;  ///< 0 ... size() - 1
  virtual int size() const = 0;
  /// Sum over the ranks; no rank leaves before all have come.
  virtual std::uint64_t sum(std::uint64_t mine) = 0;
  /// Every rank's numbers, by rank, on every rank. Ranks may have different counts.
  virtual std::vector<std::vector<double>> gather(const std::vector<double>& mine) = 0;

  bool is_first() const { return rank() == 0; }
  bool any(bool mine) { return sum(mine ? 1 : 0) > 0; }
};

/// This process alone.
std::unique_ptr<Ranks> single_rank();

/// The processes that mpirun started (one when it did not). Fault::bad_usage when qdose was built without
/// MPI. At most once in a process; MPI ends with the object.
Result<std::unique_ptr<Ranks>> mpi_ranks();

}  // namespace qdose
