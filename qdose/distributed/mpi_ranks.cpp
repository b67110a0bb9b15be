// The only file that knows MPI; QDOSE_MPI says whether it was found when qdose was built.
#include "qdose/distributed/ranks.hpp"

#include <algorithm>

#ifdef QDOSE_MPI
#include <mpi.h>
#endif

namespace qdose {

#ifdef QDOSE_MPI
namespace {

class MpiRanks final : public Ranks {
 public:
  MpiRanks() {
    int given = 0;
    // Threads work between the calls; only the thread that made this object calls.
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  ~MpiRanks() override { MPI_Finalize(); }
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  std::uint64_t sum(std::uint64_t mine) override {
    std::uint64_t all = 0;
    MPI_Allreduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    return all;
  }
  std::vector<std::vector<double>> gather(const std::vector<double>& mine) override {
    std::vector<std::vector<double>> all(static_cast<std::size_t>(size_));
    for (int r = 0; r < size_; ++r) {
      auto& theirs = all[static_cast<std::size_t>(r)];
      if (r == rank_) theirs = mine;
      std::uint64_t count = theirs.size();
      MPI_Bcast(&count, 1, MPI_UINT64_T, r, MPI_COMM_WORLD);
      theirs.resize(count);
      // A message holds at most 2^31 - 1 numbers.
      for (std::uint64_t at = 0; at < count; at += largest_message)
        MPI_Bcast(theirs.data() + at, static_cast<int>(std::min(largest_message, count - at)), MPI_DOUBLE, r,
                  MPI_COMM_WORLD);
    }
    return all;
  }

 private:
  static constexpr std::uint64_t largest_message = 1u << 30;

  int rank_ = 0, size_ = 1;
};

}  // namespace

Result<std::unique_ptr<Ranks>> mpi_ranks() { return std::unique_ptr<Ranks>(std::make_unique<MpiRanks>()); }

#else

Result<std::unique_ptr<Ranks>> mpi_ranks() {
  return Error{Fault::bad_usage, "qdose was built without MPI", "mpi",
               "install libopenmpi-dev and build again, or leave --mpi out"};
}

#endif

}  // namespace qdose
