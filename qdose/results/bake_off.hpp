// Samplers side by side on one model at equal gradient budgets.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// One sampler with one seed: smallest ESS over all sampled quantities from the draws that its share of the
/// budget paid for, warm-up included.
struct BakeOffRun {
  std::string sampler;
  double target_acceptance = 0;
  std::uint64_t seed = 0;
  long gradients_warmup = 0, gradients = 0;
  long draws = 0, divergences = 0;  ///< all chains together; no draws where the warm-up took the budget
  double ess_bulk_min = 0, ess_tail_min = 0, r_hat_max = 0;
  double seconds = 0;  ///< processor time of sampling and warm-up
};

struct BakeOff {
  std::string pk_class, pd_class;
  long budget = 0;
  std::size_t dimension = 0;
  std::vector<BakeOffRun> runs;
};

/// Mean and standard error; not a number without values, the error also of a single one.
struct SeedMean {
  double mean = 0, se = 0;
};

/// All seeds of one sampler at one target acceptance: smallest ESS per 1000 gradients of the budget (bulk,
/// tail), of sampling alone (bulk), per second (bulk). Runs without draws count as 0 in the first two and the
/// last.
struct SamplerScore {
  std::string sampler;
  double target_acceptance = 0;
  SeedMean bulk, tail, bulk_sampling, bulk_per_second, r_hat;
  long divergences = 0;
  std::size_t runs = 0, without_draws = 0;
};
std::vector<SamplerScore> scores_of(const BakeOff& bake_off);

/// Who won, in words: the default form of qihmc against NUTS at target 0.8, against the best NUTS and against
/// plain HMC; empty where one of them is missing. "Within error" means less than two standard errors apart.
std::string verdict_of(const std::vector<SamplerScore>& scores);

/// samplers.json: the runs, and for every sampler mean and standard error over seeds of bulk and tail
/// ESS per 1000 gradients (of the budget; bulk also of sampling alone) and of bulk ESS per second, and how
/// many runs have no draws: their ESS counts as 0, their R-hat and what they would give without warm-up do
/// not count.
Result<Done> save(const BakeOff& bake_off, const std::string& path);
Result<BakeOff> load_bake_off(const std::string& path);

/// The same as a table for a terminal.
std::string text_of(const BakeOff& bake_off);

}  // namespace qdose
