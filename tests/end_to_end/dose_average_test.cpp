// qdose dose where a trial supports two pairs of classes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

nlohmann::json read_json(const std::filesystem::path& path) {
  return nlohmann::json::parse(read_file(path).value());
}

/// Gives two PD classes the likelihood's whole probability, three to one.
void support_two(const std::filesystem::path& file, const std::string& first, const std::string& second) {
  nlohmann::json selection = read_json(file);
  for (auto& fit : selection.at("pd").at("likelihood")) {
    fit["converged"] = true;
    fit["probability"] = fit.at("class") == first ? 0.75 : fit.at("class") == second ? 0.25 : 0.0;
  }
  std::ofstream(file) << selection;
}

TEST(DoseCommand, AveragesOverThePairsThatTheTrialSupports) {
  const TemporaryFolder folder;
  const std::string out = " --out " + folder.path().string() + " --threads 1 --force";
  const std::string trial = (folder.path() / "trial.csv").string();
  ASSERT_EQ(
      run_qdose("simulate trial --pk pk_1c_iv --pd pd_direct_inhib_emax --subjects 6 --seed 5" + out).status,
      0);
  ASSERT_EQ(run_qdose("select " + trial + " --no-tune" + out).status, 0);
  const Ended fitted =
      run_qdose("fit " + trial +
                " --pk pk_1c_iv --pd pd_direct_inhib_emax --chains 2 --draws 200 --most-draws 200" + out);
  ASSERT_EQ(fitted.status, 0) << fitted.err;
  support_two(folder.path() / "selection.json", "pd_direct_inhib_emax", "pd_direct_linear");

  const std::string dose = "dose --threshold 5 --no-sensitivity --replicates 60 --most-replicates 60" + out;
  const Ended first = run_qdose(dose);
  ASSERT_EQ(first.status, 0) << first.err;
  const auto averaged = read_json(folder.path() / "doses.json");
  ASSERT_EQ(averaged.at("models").size(), 2u);
  EXPECT_EQ(averaged.at("models")[0].at("pd_class"), "pd_direct_inhib_emax");
  EXPECT_DOUBLE_EQ(averaged.at("models")[0].at("weight"), 0.75);
  EXPECT_EQ(averaged.at("models")[1].at("pd_class"), "pd_direct_linear");
  EXPECT_DOUBLE_EQ(averaged.at("models")[1].at("weight"), 0.25);

  // the second fit is kept, and the average lies between the two alone
  const auto kept = folder.path() / "alternatives" / "pk_1c_iv+pd_direct_linear" / "fit.json";
  ASSERT_TRUE(std::filesystem::exists(kept));
  const auto written = std::filesystem::last_write_time(kept);
  ASSERT_EQ(run_qdose(dose).status, 0);
  EXPECT_EQ(std::filesystem::last_write_time(kept), written);
  EXPECT_EQ(read_json(folder.path() / "doses.json").at("answers"), averaged.at("answers"));
  ASSERT_EQ(run_qdose(dose + " --no-average").status, 0);
  const auto alone = read_json(folder.path() / "doses.json");
  ASSERT_EQ(alone.at("models").size(), 1u);
  const auto share = [](const nlohmann::json& doses, std::size_t step) {
    return doses.at("answers")[0].at("curve")[step].at("mean").get<double>();
  };
  bool differs = false;
  for (std::size_t step = 1; step < 20; ++step)
    differs = differs || std::abs(share(averaged, step) - share(alone, step)) > 0.02;
  EXPECT_TRUE(differs);

  // what Stage 1 says about the equations is repeated at the doses
  const auto tells_doubt = [](const nlohmann::json& doses) {
    return doses.at("notes").dump().find(
               "no class of the catalogue explains the trial, not even pd_direct_inhib_emax") !=
           std::string::npos;
  };
  EXPECT_FALSE(tells_doubt(alone));
  nlohmann::json selection = read_json(folder.path() / "selection.json");
  selection.at("pd").at("in_catalogue") = false;
  selection.at("pd").at("misfit") = 3;
  std::ofstream(folder.path() / "selection.json") << selection;
  const Ended doubtful = run_qdose(dose + " --no-average");
  ASSERT_EQ(doubtful.status, 0) << doubtful.err;
  EXPECT_TRUE(tells_doubt(read_json(folder.path() / "doses.json")));
}

}  // namespace
}  // namespace qdose
