#include "qdose/results/nonmem_tables.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <sstream>

#include "qdose/base/files.hpp"
#include "qdose/results/random_effects.hpp"
#include "tests/support/synthetic_fit.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;

struct Table {
  std::string title;
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
};

Table read_table(const std::string& path) {
  std::istringstream text(read_file(path).value());
  Table table;
  std::string line, word;
  std::getline(text, table.title);
  std::getline(text, line);
  for (std::istringstream names(line); names >> word;) table.names.push_back(word);
  while (std::getline(text, line)) {
    table.rows.emplace_back();
    for (std::istringstream values(line); values >> word;) table.rows.back().push_back(std::stod(word));
  }
  return table;
}

class NonmemTables : public ::testing::Test {
 protected:
  NonmemTables() : fit(synthetic_fit(synthetic_trial(1, 3))) {}
  void write() { ASSERT_TRUE(write_nonmem_tables(fit, folder.string()).ok()); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("qdose-sdtab-" + std::to_string(::getpid()));
  Fit fit;
};

TEST_F(NonmemTables, HoldEveryObservation) {
  write();
  const Table table = read_table((folder / "sdtab").string());
  EXPECT_EQ(table.title, "TABLE NO.  1");
  EXPECT_EQ(table.names,
            (std::vector<std::string>{"ID", "TIME", "DVID", "DV", "PRED", "IPRED", "IRES", "IWRES"}));
  std::size_t observations = 0;
  for (const auto* fits : {&fit.pk_fits, &fit.pd_fits})
    for (const IndividualFit& f : *fits) observations += f.time.size();
  ASSERT_EQ(table.rows.size(), observations);
  const IndividualFit& first = fit.pk_fits.front();
  const std::vector<double>& row = table.rows.at(2);
  EXPECT_EQ(row[2], 1);
  EXPECT_NEAR(row[3], first.observed[2], 1e-4 * first.observed[2]);
  EXPECT_NEAR(row[5], first.individual[2], 1e-4 * first.individual[2]);
  EXPECT_NEAR(row[6], row[3] - row[5], 2e-4 * row[3]);
}

TEST_F(NonmemTables, HoldParametersEtasAndCovariates) {
  write();
  const Table parameters = read_table((folder / "patab").string());
  ASSERT_EQ(parameters.rows.size(), fit.individuals.size());
  EXPECT_EQ(parameters.names[1], "CL");
  EXPECT_NEAR(parameters.rows[4][1], std::exp(fit.individuals[4].mean[0]), 1e-4);
  const Table covariates = read_table((folder / "cotab").string());
  EXPECT_EQ(covariates.names, (std::vector<std::string>{"ID", "BW", "COMED"}));
  EXPECT_NEAR(covariates.rows[3][1], fit.individuals[3].covariates[0], 1e-2);
}

TEST_F(NonmemTables, NumberSubjectsWhoseIdIsNoNumber) {
  fit.individuals[0].id = fit.pd_fits[0].id = "site-7/001";
  write();
  const Table table = read_table((folder / "cotab").string());
  for (std::size_t i = 0; i < table.rows.size(); ++i) EXPECT_EQ(table.rows[i][0], double(i + 1));
}

/// An eta is what covariates leave unexplained; the shrinkage is what the fit says.
TEST(RandomEffects, AreWhatCovariatesLeaveUnexplained) {
  Fit fit;
  fit.model.parameters = {{"CL", "L/h", Scale::log, true, false, 0, true}};
  fit.model.covariates = {{"BW", false, 70, 50, 100, {}}};
  fit.model.effects = {{0, 0, 0, "BW_on_CL"}};
  PopulationDraw draw;
  draw.typical = {std::log(2.0)}, draw.omega = {0.5}, draw.beta = {0.75};
  fit.draws = {draw, draw};
  for (const double eta : {-0.5, 0.5}) {
    const double weight = eta < 0 ? 60 : 90;
    IndividualEstimate subject;
    subject.id = "1", subject.covariates = {weight};
    subject.mean = {std::log(2.0) + 0.75 * std::log(weight / 70) + eta};
    fit.individuals.push_back(subject);
  }
  EXPECT_TRUE(std::isnan(random_effects(fit)[0].shrinkage));
  fit.etas = {{"CL", 0.3, {0.1}}};
  const auto effects = random_effects(fit);
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_NEAR(effects[0].eta[0], -0.5, 1e-12);
  EXPECT_NEAR(effects[0].eta[1], 0.5, 1e-12);
  EXPECT_EQ(effects[0].shrinkage, 0.3);
  IndividualFit observed;
  observed.observed = {12, 5}, observed.individual = {10, 5};
  const auto weighted = weighted_residuals(observed, 0.3, 4);
  EXPECT_NEAR(weighted[0], 2 / 5.0, 1e-12);
  EXPECT_EQ(weighted[1], 0);
}

}  // namespace
}  // namespace qdose
