// The table of samplers side by side.
#include "qdose/results/bake_off.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using testing::HasSubstr;
using testing::Not;

BakeOffRun run(const char* sampler, std::uint64_t seed, long draws) {
  BakeOffRun r;
  r.sampler = sampler;
  r.target_acceptance = 0.8;
  r.seed = seed;
  r.gradients = 20000;
  r.gradients_warmup = draws > 0 ? 10000 : 20000;
  r.draws = draws;
  r.ess_bulk_min = r.ess_tail_min = draws > 0 ? 400 : 0;
  r.r_hat_max = draws > 0 ? 1.01 : 0;
  r.seconds = 2;
  return r;
}

TEST(BakeOff, AWarmUpThatTookTheBudgetCountsAsNothingBought) {
  const BakeOff bake_off{
      "pk_1c_iv",
      "pd_direct_emax",
      20000,
      50,
      {run("hmc", 1, 1000), run("hmc", 2, 0), run("hmc", 3, 1000), run("nuts", 1, 0), run("nuts", 2, 0)}};
  const std::string path = testing::TempDir() + "qdose_samplers.json";
  ASSERT_TRUE(save(bake_off, path));
  const auto json = nlohmann::json::parse(*read_file(path));
  const auto &hmc = json["samplers"][0], &nuts = json["samplers"][1];
  EXPECT_NEAR(hmc["ess_per_1000_gradients"]["mean"], 40.0 / 3, 1e-12);  // 20, 0 and 20
  EXPECT_EQ(hmc["ess_per_1000_gradients_sampling"]["mean"], 40);        // of those that sampled
  EXPECT_EQ(hmc["r_hat_max"]["mean"], 1.01);
  EXPECT_EQ(hmc["runs_without_draws"], 1);
  EXPECT_EQ(nuts["ess_per_1000_gradients"]["mean"], 0);
  EXPECT_TRUE(nuts["r_hat_max"].is_null());
  EXPECT_TRUE(json["runs"][1]["r_hat_max"].is_null());
  EXPECT_THAT(text_of(bake_off), HasSubstr("1 of 3"));
  EXPECT_THAT(text_of(bake_off), HasSubstr("2 of 2"));
  EXPECT_THAT(text_of(bake_off), Not(HasSubstr("nan")));
}

TEST(BakeOff, WithDrawsEverywhereSaysNothingOfThem) {
  const BakeOff bake_off{"pk_1c_iv", "pd_direct_emax", 20000, 50, {run("hmc", 1, 1000)}};
  EXPECT_THAT(text_of(bake_off), Not(HasSubstr(" of ")));
}

TEST(BakeOff, OneSeedHasNoError) {
  const BakeOff one{"pk_1c_iv", "pd_direct_emax", 20000, 50, {run("hmc", 1, 1000)}};
  const BakeOff one_with_draws{
      "pk_1c_iv", "pd_direct_emax", 20000, 50, {run("hmc", 1, 1000), run("hmc", 2, 0)}};
  EXPECT_THAT(text_of(one), HasSubstr("20.00"));
  for (const BakeOff& bake_off : {one, one_with_draws}) EXPECT_THAT(text_of(bake_off), Not(HasSubstr("nan")));
}

TEST(BakeOff, ComesBackAsItWas) {
  const BakeOff bake_off{"pk_1c_iv", "pd_direct_emax", 20000, 50, {run("hmc", 1, 1000), run("hmc", 2, 0)}};
  const std::string path = testing::TempDir() + "qdose_samplers_back.json";
  ASSERT_TRUE(save(bake_off, path));
  const auto back = load_bake_off(path);
  ASSERT_TRUE(back) << describe(back.errors());
  EXPECT_EQ(text_of(*back), text_of(bake_off));
  ASSERT_TRUE(write_file(path, "{}"));
  EXPECT_FALSE(load_bake_off(path));
}

TEST(BakeOff, SaysWhoWonAndWhoDidNot) {
  BakeOff bake_off{"pk_1c_iv", "pd_direct_emax", 20000, 50, {}};
  const auto add = [&](const char* sampler, double target, double ess) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      BakeOffRun one = run(sampler, seed, 1000);
      one.target_acceptance = target;
      one.ess_bulk_min = ess * (1 + 0.02 * static_cast<double>(seed));
      bake_off.runs.push_back(one);
    }
  };
  add("S-qihmc", 0.8, 400), add("hmc", 0.8, 404), add("nuts", 0.6, 800), add("nuts", 0.8, 200);
  const std::string words = verdict_of(scores_of(bake_off));
  EXPECT_THAT(words, HasSubstr("against NUTS at its usual target 0.8 2 times (+- 0.03);"));
  EXPECT_THAT(words, HasSubstr("against the best NUTS (nuts, target 0.6) 0.5 times (+- 0.008);"));
  EXPECT_THAT(words, HasSubstr("against plain HMC 0.99 times (+- 0.02, within error)."));
  for (BakeOffRun& one : bake_off.runs)
    if (one.sampler == "nuts" && one.target_acceptance == 0.8) one.draws = 0, one.ess_bulk_min = 0;
  EXPECT_THAT(verdict_of(scores_of(bake_off)),
              HasSubstr("ESS of S-qihmc: NUTS at its usual target 0.8 has no draws at this budget;"));
  bake_off.runs.resize(6);
  EXPECT_EQ(verdict_of(scores_of(bake_off)), "");
}

}  // namespace
}  // namespace qdose
