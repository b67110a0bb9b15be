// Threads that stand for processes which share work.
#pragma once
#include <barrier>
#include <vector>

namespace qdose::testing {

/// Each thread puts its numbers in its place, and all read them when all have come.
class Meeting {
 public:
  explicit Meeting(int size) : rows_(static_cast<std::size_t>(size)), barrier_(size) {}
  std::vector<std::vector<double>> gather(int rank, const std::vector<double>& mine) {
    rows_[static_cast<std::size_t>(rank)] = mine;
    barrier_.arrive_and_wait();
    auto all = rows_;
    barrier_.arrive_and_wait();
    return all;
  }

 private:
  std::vector<std::vector<double>> rows_;
  std::barrier<> barrier_;
};

}  // namespace qdose::testing
