#include "qdose/results/fit.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/base/random.hpp"
#include "qdose/results/effect_correlation.hpp"
#include "qdose/results/prior_and_posterior.hpp"

namespace qdose {
namespace {

/// A fit whose every number is different, with a constant, a fraction and awkward values.
Fit example() {
  Stream random(1, Purpose::property_test, 0);
  const auto numbers = [&](std::size_t n) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(random.normal());
    return values;
  };
  Fit fit;
  fit.trial = "trial \"one\".csv";
  fit.pk_class = fit.model.pk_class = "pk_1c_oral";
  fit.pd_class = fit.model.pd_class = "pd_indirect_inhib_kin";
  fit.sampler = "S-qihmc";
  fit.model.parameters = {{"CL", "L/h", Scale::log, true, false, 0, true},
                          {"R0", "ng/mL", Scale::log, false, false, 0, true},
                          {"kout", "1/h", Scale::log, false, false, 0, true},
                          {"Fr", "-", Scale::logit, false, false, 0, true},
                          {"Imax", "-", Scale::logit, false, true, 1, false}};
  fit.model.covariates = {{"BW", false, 70, 50, 100, {}}, {"SEX", true, 0, 0, 1, {0, 1}}};
  fit.model.effects = {{0, 0, 0, "BW_on_CL"}, {1, 1, 1, "SEX_on_R0"}};
  fit.chains = 2;
  fit.draws_per_chain = 3;
  for (int k = 0; k < 6; ++k) {
    PopulationDraw draw{numbers(5), numbers(5), numbers(2), 0.1 + k, 1e-7, 0.3, 0.4};
    draw.typical[4] = to_unbounded(Scale::logit, 1.0);
    draw.omega[4] = 0;
    fit.draws.push_back(draw);
  }
  for (int c = 0; c < 2; ++c)
    fit.chain_info.push_back(
        {0.25, 0.8 + 0.01 * c, 0.9, c, numbers(3), numbers(3), numbers(3), {7, 8, 9}, {0, 1, 2}, {0, c, 0}});
  fit.parameters = {{"CL", 1, 2, 3, 4, 5, 6, 7, 1.001, 900, 800, 0.01},
                    {"R0", 1, 0, 1, 1, 1, 1, 1, std::nan(""), 6, 6, 0}};
  fit.parameters[0].prior = {"log", -1.5, 0.7};
  fit.trace_names = {"CL", "Fr", "BW_on_CL", "omega_R0", "sigma_pk_prop", "kin"};
  fit.r_hat_max = 1.004;
  fit.r_hat_worst = "log_CL[3]";
  fit.ess_bulk_min = 512;
  fit.ess_tail_min = 600;
  fit.ess_worst = "log_omega_R0";
  fit.ess_tail_worst = "log_CL[7]";
  fit.gradient_evaluations = 12345;
  fit.divergences = 1;
  fit.seconds_warmup = 1.5;
  fit.seconds_sampling = 2.5;
  fit.pk_rmse = {0.2, 0.5};
  fit.pd_rmse = {0.7, 1.5};
  fit.loo = {-372.2, 66.5, 178.7, 0.6, 3, 900};
  fit.individuals = {{"1", {80, 1}, numbers(5), numbers(5), numbers(5), numbers(5)}};
  fit.individuals[0].mean[4] = INFINITY;
  fit.pk_fits = {{"1", 3, numbers(4), numbers(4), numbers(4), numbers(4), numbers(4), numbers(4), numbers(2),
                  numbers(2), numbers(2), numbers(2)}};
  fit.pd_check = {{3, numbers(2), numbers(2), numbers(2), numbers(2), numbers(2), numbers(2), numbers(2),
                   numbers(2), numbers(2), numbers(2), numbers(2), numbers(2), numbers(2)}};
  fit.notes = {"a note"};
  return fit;
}

class FitFiles : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }
  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("qdose-fit-" + std::to_string(::getpid()))).string();
};

TEST_F(FitFiles, ComeBackAsTheyWere) {
  const Fit fit = example();
  ASSERT_TRUE(save(fit, folder_));
  const auto back = load_fit(folder_);
  ASSERT_TRUE(back) << describe(back.errors());
  EXPECT_EQ(back->trial, fit.trial);
  EXPECT_EQ(back->model.parameters[3].scale, Scale::logit);
  EXPECT_TRUE(back->model.parameters[4].fixed);
  EXPECT_EQ(back->model.effects[1].name, "SEX_on_R0");
  ASSERT_EQ(back->draws.size(), 6u);
  for (std::size_t k = 0; k < 6; ++k) {
    for (std::size_t p = 0; p < 4; ++p) {
      EXPECT_NEAR(back->draws[k].typical[p], fit.draws[k].typical[p], 1e-13);
      EXPECT_EQ(back->draws[k].omega[p], fit.draws[k].omega[p]);
    }
    EXPECT_EQ(to_natural(Scale::logit, back->draws[k].typical[4]), 1.0);
    EXPECT_EQ(back->draws[k].beta, fit.draws[k].beta);
    EXPECT_EQ(back->draws[k].pk_proportional, fit.draws[k].pk_proportional);
    EXPECT_EQ(back->draws[k].pk_additive, fit.draws[k].pk_additive);
  }
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(back->chain_info[c].energy, fit.chain_info[c].energy);
    EXPECT_EQ(back->chain_info[c].log_density, fit.chain_info[c].log_density);
    EXPECT_EQ(back->chain_info[c].divergent, fit.chain_info[c].divergent);
    EXPECT_EQ(back->chain_info[c].acceptance, fit.chain_info[c].acceptance);
    EXPECT_EQ(back->chain_info[c].divergences, fit.chain_info[c].divergences);
    EXPECT_EQ(back->chain_info[c].e_bfmi, fit.chain_info[c].e_bfmi);
  }
  EXPECT_EQ(back->parameters[0].mcse_mean, fit.parameters[0].mcse_mean);
  EXPECT_TRUE(std::isnan(back->parameters[1].r_hat));
  EXPECT_EQ(back->loo.elpd, fit.loo.elpd);
  EXPECT_EQ(back->individuals[0].sd, fit.individuals[0].sd);
  EXPECT_NEAR(back->pk_fits[0].curve_q50[1], fit.pk_fits[0].curve_q50[1], 1e-4);
  EXPECT_NEAR(back->pd_check[0].high_p90[0], fit.pd_check[0].high_p90[0], 1e-4);
  EXPECT_NEAR(back->pd_check[0].high_below[1], fit.pd_check[0].high_below[1], 1e-4);
  EXPECT_EQ(back->ess_tail_worst, "log_CL[7]");
  EXPECT_EQ(back->parameters[0].prior.scale, "log");
  EXPECT_EQ(back->parameters[0].prior.sd, 0.7);
  EXPECT_TRUE(back->parameters[1].prior.scale.empty());
  EXPECT_EQ(back->notes, fit.notes);
}

TEST(PriorUpdate, TellsWhatTheDataTookAway) {
  ParameterSummary p;
  p.prior = {"log", std::log(2.0), 0.5};
  Stream random(2, Purpose::property_test, 0);
  std::vector<std::vector<double>> draws(2);
  for (auto& chain : draws)
    for (int k = 0; k < 5000; ++k) chain.push_back(std::exp(std::log(3.0) + 0.1 * random.normal()));
  const auto update = update_of(p, draws);
  ASSERT_TRUE(update);
  EXPECT_NEAR(update->contraction(), 1 - 0.04, 0.002);
  EXPECT_NEAR(update->shift(), std::log(1.5) / 0.5, 0.01);
  EXPECT_FALSE(update->led_by_prior() || update->surprising());
  p.prior.sd = 0.11;
  EXPECT_TRUE(update_of(p, draws)->led_by_prior() && update_of(p, draws)->surprising());
  p.prior.scale = "";
  EXPECT_FALSE(update_of(p, draws));
}

TEST(PriorUpdate, ScalesGoThereAndBack) {
  for (const char* scale : {"log", "logit", "identity"}) {
    const QuantityPrior prior{scale, 0, 1};
    const double x = on_prior_scale(prior, 0.3), step = 1e-6;
    EXPECT_NEAR(from_prior_scale(prior, x), 0.3, 1e-14);
    EXPECT_NEAR(natural_slope(prior, x),
                (from_prior_scale(prior, x + step) - from_prior_scale(prior, x - step)) / (2 * step), 1e-8);
  }
}

/// The correlation of random effects is part of every draw, in columns such as corr_V_CL.
TEST_F(FitFiles, CorrelationsComeBack) {
  Fit fit = example();
  fit.model.correlated = true;
  const auto pairs = effect_pairs(fit.model);
  ASSERT_GT(pairs.size(), 1u);
  for (std::size_t k = 0; k < fit.draws.size(); ++k)
    for (std::size_t c = 0; c < pairs.size(); ++c)
      fit.draws[k].correlation.push_back(0.1 * static_cast<double>(c) - 0.01 * static_cast<double>(k));
  ASSERT_TRUE(save(fit, folder_));
  const auto back = load_fit(folder_);
  ASSERT_TRUE(back) << describe(back.errors());
  EXPECT_TRUE(back->model.correlated);
  for (std::size_t k = 0; k < fit.draws.size(); ++k)
    EXPECT_EQ(back->draws[k].correlation, fit.draws[k].correlation);
}

TEST_F(FitFiles, TracesAreTheDraws) {
  const Fit fit = example();
  ASSERT_TRUE(save(fit, folder_));
  const auto back = load_fit(folder_);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->traces.size(), fit.trace_names.size());
  const PopulationDraw& draw = fit.draws[4];  // second chain, second draw
  EXPECT_NEAR(back->traces[0][1][1], std::exp(draw.typical[0]), 1e-12);
  EXPECT_NEAR(back->traces[1][1][1], to_natural(Scale::logit, draw.typical[3]), 1e-12);
  EXPECT_EQ(back->traces[2][1][1], draw.beta[0]);
  EXPECT_EQ(back->traces[3][1][1], draw.omega[1]);
  EXPECT_EQ(back->traces[4][1][1], draw.pk_proportional);
  EXPECT_NEAR(back->traces[5][1][1], std::exp(draw.typical[1] + draw.typical[2]), 1e-12);
}

TEST_F(FitFiles, HoldTheFieldsOfTheContract) {
  ASSERT_TRUE(save(example(), folder_));
  const auto json = nlohmann::json::parse(*read_file(folder_ + "/fit.json"));
  EXPECT_EQ(json["pk_class"], "pk_1c_oral");
  EXPECT_EQ(json["sampler"], "S-qihmc");
  for (const char* field : {"mean", "sd", "q5", "q50", "q95", "r_hat", "ess_bulk", "ess_tail"})
    EXPECT_TRUE(json["parameters"]["CL"][field].is_number()) << field;
  EXPECT_EQ(json["divergences"], 1);
  EXPECT_EQ(json["e_bfmi"].size(), 2u);
  EXPECT_EQ(json["gradient_evaluations"], 12345);
  EXPECT_EQ(json["seconds"]["warmup"], 1.5);
  EXPECT_EQ(json["seconds"]["sampling"], 2.5);
  EXPECT_EQ(json["predictions"]["pk"]["rmse_individual"], 0.2);
  EXPECT_EQ(json["predictions"]["pd"]["rmse_population"], 1.5);
  EXPECT_EQ(json["loo"]["p_loo"], 178.7);
}

TEST_F(FitFiles, DrawsHaveTheHeaderThatCmdStanReadersExpect) {
  ASSERT_TRUE(save(example(), folder_));
  const std::string text = *read_file(folder_ + "/draws/chain-2.csv");
  EXPECT_NE(text.find("\nlp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,CL,"),
            std::string::npos);
  EXPECT_NE(text.find("# id = 2\n"), std::string::npos);
}

TEST_F(FitFiles, DamageIsReportedWithItsPlace) {
  ASSERT_TRUE(save(example(), folder_));
  const std::string path = folder_ + "/draws/chain-1.csv";
  const std::string text = *read_file(path);
  const auto faults_with = [&](const std::string& changed) {
    EXPECT_TRUE(write_file(path, changed));
    const auto result = load_fit(folder_);
    EXPECT_FALSE(result);
    return result ? Error{} : result.errors()[0];
  };
  std::string letter = text;
  letter[letter.rfind(',') + 1] = 'x';
  EXPECT_NE(faults_with(letter).place.find("chain-1.csv:9:"), std::string::npos);
  EXPECT_NE(faults_with(text.substr(0, text.rfind(','))).message.find("length"), std::string::npos);
  const std::string without_last_row = text.substr(0, text.rfind('\n', text.size() - 2) + 1);
  EXPECT_NE(faults_with(without_last_row).message.find("number of draws"), std::string::npos);
  EXPECT_EQ(faults_with("").fault, Fault::bad_input);
  ASSERT_TRUE(write_file(folder_ + "/fit.json", "{\"trial\": 3}"));
  EXPECT_EQ(load_fit(folder_).errors()[0].fault, Fault::bad_input);
  std::filesystem::remove(folder_ + "/fit.json");
  EXPECT_EQ(load_fit(folder_).errors()[0].fault, Fault::file);
}

}  // namespace
}  // namespace qdose
