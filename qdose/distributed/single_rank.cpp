#include "qdose/distributed/ranks.hpp"

namespace qdose {
namespace {

class SingleRank final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  std::uint64_t sum(std::uint64_t mine) override { return mine; }
  std::vector<std::vector<double>> gather(const std::vector<double>& mine) override { return {mine}; }
};

}  // namespace

std::unique_ptr<Ranks> single_rank() { return std::make_unique<SingleRank>(); }

}  // namespace qdose
