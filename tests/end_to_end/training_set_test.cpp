// qdose simulate pk|pd: the arrays, the same bytes however they are made, nothing left when it is stopped.
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/npy_file.hpp"
#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

json meta_of(const fs::path& folder) { return json::parse(*read_file(folder / "meta.json")); }

std::size_t files_in(const fs::path& folder) {
  return fs::exists(folder) ? static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {})) : 0;
}

class TrainingSet : public testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  fs::path make(const std::string& name, const std::string& words) {
    const Ended ended = run_qdose("simulate " + words + " --quiet --out " + path(name).string());
    EXPECT_EQ(ended.status, 0) << ended.err;
    return path(name);
  }
  TemporaryFolder folder_;
};

TEST_F(TrainingSet, HasTheShapesOfTheReport) {
  for (const std::string role : {"pk", "pd"}) {
    const fs::path set = make(role, role + " --count 5000 --seed 3");
    const std::size_t times = role == "pk" ? 39 : 25;
    const auto X = read_npy<float>(set / ("X_" + role + ".npy"));
    EXPECT_THAT(X.header, HasSubstr("'descr': '<f4', 'fortran_order': False, 'shape': (5000, 2, " +
                                    std::to_string(times) + ", )"));
    EXPECT_EQ(X.numbers.size(), 5000 * 2 * times);
    const auto label = read_npy<std::int16_t>(set / ("y_" + role + "_cls.npy"));
    const auto values = read_npy<float>(set / ("y_" + role + "_reg.npy"));
    const auto mask = read_npy<float>(set / ("y_" + role + "_mask.npy"));
    EXPECT_EQ(read_npy<double>(set / "times.npy").numbers.size(), times);
    const json meta = meta_of(set);
    EXPECT_EQ(meta["shape"], json({5000, 2, times}));
    const std::size_t columns = meta["columns"].size();
    ASSERT_EQ(values.numbers.size(), 5000 * columns);
    std::vector<int> seen(10);
    for (std::size_t i = 0; i < 5000; ++i) {
      const auto c = static_cast<std::size_t>(label.numbers[i]);
      ++seen[c];
      std::vector<float> expected(columns, 0.0f);
      for (const json& p : meta["classes"][c]["parameters"]) expected[p["column"].get<std::size_t>()] = 1.0f;
      for (std::size_t k = 0; k < columns; ++k) {
        EXPECT_EQ(mask.numbers[i * columns + k], expected[k]);
        EXPECT_EQ(values.numbers[i * columns + k] != 0, expected[k] == 1.0f);
      }
    }
    for (const int n : seen) EXPECT_NEAR(n, 500, 110);  // five standard deviations
  }
}

TEST_F(TrainingSet, IsTheSameWhateverTheThreads) {
  for (const std::string role : {"pk", "pd"}) {
    const fs::path one = make(role + "1", role + " --count 20000 --seed 5 --threads 1");
    EXPECT_TRUE(same_files(one, make(role + "2", role + " --count 20000 --seed 5 --threads 2")));
    EXPECT_TRUE(same_files(one, make(role + "3", role + " --count 20000 --seed 5 --threads 3")));
    EXPECT_FALSE(same_files(one, make(role + "4", role + " --count 20000 --seed 6 --threads 2")));
  }
}

TEST_F(TrainingSet, StartsAsALongerOneDoes) {
  const auto few = read_npy<float>(make("few", "pk --count 100 --seed 5") / "X_pk.npy").numbers;
  auto many = read_npy<float>(make("many", "pk --count 9000 --seed 5") / "X_pk.npy").numbers;
  many.resize(few.size());
  EXPECT_EQ(few, many);
}

TEST_F(TrainingSet, ProvesThatNoTrajectoryOccursTwice) {
  const json meta = meta_of(make("set", "pd --count 30000"));
  EXPECT_EQ(meta["duplicates"]["checked"], 30000);
  EXPECT_EQ(meta["duplicates"]["repeated"], 0);
  EXPECT_EQ(meta["failed"], 0);
}

TEST_F(TrainingSet, AsPublishedLacksTheDoseAtZero) {
  const fs::path given = make("given", "pk --count 2000"), published = make("published",
                                                                            "pk --count 2000 --priors "
                                                                            "report-as-published");
  EXPECT_EQ(meta_of(given)["dose_at_zero"], true);
  EXPECT_EQ(meta_of(published)["dose_at_zero"], false);
  const auto label = read_npy<std::int16_t>(given / "y_pk_cls.npy").numbers;
  const auto a = read_npy<float>(given / "X_pk.npy").numbers,
             b = read_npy<float>(published / "X_pk.npy").numbers;
  std::vector<bool> differs(10);
  for (std::size_t i = 0; i < 2000; ++i) {
    EXPECT_EQ(a[78 * i], b[78 * i]);  // the dose channel shows it
    for (std::size_t k = 0; k < 39; ++k)
      if (a[78 * i + 39 + k] != b[78 * i + 39 + k]) differs[static_cast<std::size_t>(label[i])] = true;
  }
  // All but the classes with a lag (2) and an infusion (5).
  EXPECT_EQ(differs, (std::vector<bool>{true, true, false, true, true, false, true, true, true, true}));
}

TEST_F(TrainingSet, OtherPriorsMakeFiniteSets) {
  EXPECT_EQ(run_qdose("simulate trial --subjects 4 --quiet --out " + path("t").string()).status, 0);
  const std::string trial = " --priors trial --trial " + (path("t") / "trial.csv").string();
  for (const std::string role : {"pk", "pd"})
    for (const std::string& priors : {std::string(" --priors wide"), trial}) {
      const fs::path set = make(role + std::to_string(priors.size()), role + " --count 10000" + priors);
      EXPECT_EQ(meta_of(set)["failed"], 0) << role << priors;
      EXPECT_EQ(meta_of(set)["duplicates"]["repeated"], 0);
      EXPECT_TRUE(same_files(set, make("again" + role + std::to_string(priors.size()),
                                       role + " --threads 1 --count 10000" + priors)));
    }
}

TEST_F(TrainingSet, WrongSettingsAreExplained) {
  const Ended typo = run_qdose("simulate pk --priors reprot --out " + path("x").string());
  EXPECT_EQ(typo.status, 3);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'report'"));
  const Ended lost = run_qdose("simulate pk --priors trial --out " + path("x").string());
  EXPECT_EQ(lost.status, 3);
  EXPECT_THAT(lost.err, HasSubstr("--trial"));
  EXPECT_EQ(run_qdose("simulate pk --count 0 --out " + path("x").string()).status, 3);
  EXPECT_EQ(run_qdose("simulate pk --count 10 --out /proc/none").status, 4);
}

TEST_F(TrainingSet, LeavesNothingWhenItIsInterrupted) {
  const std::string words = "simulate pk --count 100000000 --out " + path("long").string();
  const std::string build = fs::read_symlink("/proc/self/exe").parent_path();
  const std::string command = "timeout -s INT 2 " + build + "/qdose " + words + " 2>/dev/null";
  const int raw = std::system(command.c_str());
  EXPECT_NE(WEXITSTATUS(raw), 0);
  EXPECT_EQ(files_in(path("long")), 0u);
}

}  // namespace
}  // namespace qdose
