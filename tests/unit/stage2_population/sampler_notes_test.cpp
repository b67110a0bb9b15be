#include "qdose/stage2_population/sampler_notes.hpp"

#include <gmock/gmock.h>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two chains of two quantities that are independent and standard normal.
Fit good_fit() {
  Fit fit;
  constexpr std::size_t draws = 400;
  fit.trace_names = {"CL", "omega_V"};
  fit.traces.assign(2, std::vector<std::vector<double>>(2, std::vector<double>(draws)));
  Stream random(4, Purpose::chain, 0);
  for (auto& quantity : fit.traces)
    for (auto& chain : quantity)
      for (double& x : chain) x = random.normal();
  ChainInfo chain;
  chain.e_bfmi = 0.9;
  chain.tree_depth.assign(draws, 3);
  chain.divergent.assign(draws, 0);
  fit.chain_info = {chain, chain};
  fit.r_hat_max = 1.003, fit.r_hat_worst = "log_CL";
  fit.ess_bulk_min = 900, fit.ess_worst = "log_CL";
  fit.ess_tail_min = 700, fit.ess_tail_worst = "log_omega_V";
  return fit;
}

std::vector<std::string> notes_of(Fit fit) {
  add_sampler_notes(10, fit);
  return fit.notes;
}

TEST(SamplerNotes, SayNothingWhereAllIsWell) { EXPECT_THAT(notes_of(good_fit()), IsEmpty()); }

TEST(SamplerNotes, NameTheQuantityThatFallsShort) {
  Fit fit = good_fit();
  fit.r_hat_max = 1.02;
  fit.ess_bulk_min = 300;
  fit.ess_tail_min = 200;
  EXPECT_THAT(notes_of(fit), ElementsAre(HasSubstr("1.020 of log_CL"), HasSubstr("300 of log_CL"),
                                         HasSubstr("tails: 200 of log_omega_V")));
}

TEST(SamplerNotes, NameChainsThatAreSlowThroughTheEnergies) {
  Fit fit = good_fit();
  fit.chain_info[1].e_bfmi = 0.2;
  EXPECT_THAT(notes_of(fit), ElementsAre(HasSubstr("E-BFMI of chain 2 is 0.20")));
}

TEST(SamplerNotes, CountTrajectoriesThatWereCutOff) {
  Fit fit = good_fit();
  fit.chain_info[0].tree_depth[7] = fit.chain_info[1].tree_depth[9] = 10;
  EXPECT_THAT(notes_of(fit), ElementsAre(HasSubstr("2 of 800 trajectories were cut off")));
}

TEST(SamplerNotes, SayWhereDivergencesLie) {
  Fit fit = good_fit();
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t k = 0; k < 400; ++k)
      if (fit.traces[1][c][k] < -1.8) {
        fit.chain_info[c].divergent[k] = 1;
        ++fit.divergences;
      }
  ASSERT_GT(fit.divergences, 10);
  EXPECT_EQ(where_divergent(fit), "most where omega_V is small");
  EXPECT_THAT(notes_of(fit), ElementsAre(HasSubstr("divergent transitions, most where omega_V is small")));
}

TEST(SamplerNotes, DoNotInventAPlaceForDivergencesThatLieAnywhere) {
  Fit fit = good_fit();
  for (std::size_t k = 0; k < 400; k += 20) {
    fit.chain_info[0].divergent[k] = 1;
    ++fit.divergences;
  }
  EXPECT_EQ(where_divergent(fit), "");
}

}  // namespace
}  // namespace qdose
