#include "qdose/stage2_population/chain_convergence.hpp"

#include <algorithm>

#include "qdose/base/threads.hpp"

namespace qdose {

std::vector<Convergence> convergence_over(const std::vector<const Chain*>& chains, std::size_t first,
                                          std::size_t count, int threads) {
  constexpr std::size_t together = 8;  // neighbours in memory
  std::vector<Convergence> result(count);
  parallel_for((count + together - 1) / together, threads, [&](std::size_t block) {
    const std::size_t begin = block * together, end = std::min(count, begin + together);
    std::vector<ChainDraws> draws(end - begin, ChainDraws(chains.size()));
    for (std::size_t c = 0; c < chains.size(); ++c) {
      for (ChainDraws& own : draws) own[c].reserve(chains[c]->draws.size());
      for (const auto& x : chains[c]->draws)
        for (std::size_t i = begin; i < end; ++i) draws[i - begin][c].push_back(x[first + i]);
    }
    for (std::size_t i = begin; i < end; ++i) result[i] = convergence(draws[i - begin]);
  });
  return result;
}

std::vector<Convergence> convergence_of(const Sample& sample, int threads) {
  std::vector<const Chain*> chains;
  for (const Chain& chain : sample.chains) chains.push_back(&chain);
  return convergence_over(chains, 0, chains.front()->draws.front().size(), threads);
}

}  // namespace qdose
