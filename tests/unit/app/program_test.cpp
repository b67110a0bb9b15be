#include "app/program.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using testing::HasSubstr;

struct BrewSettings {
  double temperature = 20;
  int minutes = 5;
  bool stir = true;
  template <class Visitor>
  void visit(Visitor&& v) {
    v("temperature", temperature, "degrees");
    v("minutes", minutes, "how long");
    v("stir", stir, "move the spoon");
  }
};

/// What a test looks at after a run.
struct Seen {
  BrewSettings settings;
  std::string leaf;
  int threads = 0, runs = 0;
  std::uint64_t seed = 0;
};

/// A command with everything a command may have.
class BrewCommand final : public Command {
 public:
  explicit BrewCommand(Seen& seen) : seen_(seen) {}
  std::string_view name() const override { return "brew"; }
  std::string_view summary() const override { return "for tests"; }
  int position() const override { return 1; }
  void declare(Options& options) override {
    options.choice("LEAF", leaf_, {"green", "black", "throw", "fail", "stop"}, "what to brew");
    options.settings("brew", settings_);
    options.resumable();
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& common) const override {
    return {common.file("tea.txt")};
  }
  Result<Done> run(Context& context) override {
    seen_ = {settings_, leaf_, context.threads(), seen_.runs + 1, context.seed()};
    if (leaf_ == "throw") throw std::runtime_error("the kettle broke");
    if (leaf_ == "fail") return Error{Fault::numerical, "no water", "kettle", "fill it"};
    if (leaf_ == "stop") std::raise(SIGTERM);
    context.answer("a cup", {{"settings", nlohmann::json::parse(context.settings())}});
    return write_file(context.file("tea.txt"), leaf_);
  }

 private:
  Seen& seen_;
  BrewSettings settings_;
  std::string leaf_;
};

class ProgramTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Runs `qdose WORDS...` with the command above.
  int run(std::vector<std::string> words) {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<BrewCommand>(seen_));
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_program(words, std::move(commands));
    std::fflush(stdout);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }
  /// The same, writing into the test's folder.
  int brew(std::vector<std::string> words) {
    words.insert(words.begin(), "brew");
    words.insert(words.end(), {"--out", folder_.string()});
    return run(words);
  }
  std::string config(const std::string& text) {
    const auto path = folder_.string() + ".toml";
    EXPECT_TRUE(write_file(path, text));
    return path;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("qdose-program-" + std::to_string(::getpid()));
  Seen seen_;
  std::string out_, err_;
};

TEST_F(ProgramTest, RunsACommandWithDefaults) {
  EXPECT_EQ(brew({"green"}), 0) << err_;
  EXPECT_EQ(out_, "a cup\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(seen_.leaf, "green");
  EXPECT_EQ(seen_.seed, 1u);
  EXPECT_GE(seen_.threads, 1);
  EXPECT_EQ(*read_file(folder_ / "tea.txt"), "green");
}

TEST_F(ProgramTest, FlagsWinOverTheConfigurationFileAndThisOverDefaults) {
  const std::string file = config("seed = 7\nthreads = 2\n[brew]\ntemperature = 80\nminutes = 3\n");
  EXPECT_EQ(brew({"black", "--config", file, "--temperature", "90.5", "--no-stir"}), 0) << err_;
  EXPECT_EQ(seen_.settings.temperature, 90.5);
  EXPECT_EQ(seen_.settings.minutes, 3);
  EXPECT_FALSE(seen_.settings.stir);
  EXPECT_EQ(seen_.seed, 7u);
  EXPECT_EQ(seen_.threads, 2);
}

TEST_F(ProgramTest, JsonAnswersWithOneDocumentThatEchoesTheSettings) {
  EXPECT_EQ(brew({"green", "--json", "--minutes=9", "--seed", "18446744073709551615"}), 0) << err_;
  const auto document = nlohmann::json::parse(out_);
  EXPECT_EQ(document["settings"]["brew"]["minutes"], 9);
  EXPECT_EQ(document["settings"]["seed"], 18446744073709551615u);
}

TEST_F(ProgramTest, QuietSaysNothing) {
  EXPECT_EQ(brew({"green", "--quiet"}), 0);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(ProgramTest, RefusesToOverwriteBeforeTheWorkStarts) {
  ASSERT_EQ(brew({"green"}), 0);
  EXPECT_EQ(brew({"black"}), 4);
  EXPECT_EQ(seen_.runs, 1);
  EXPECT_THAT(err_, HasSubstr("tea.txt: exists already"));
  EXPECT_THAT(err_, HasSubstr("--force"));
  EXPECT_EQ(brew({"black", "--force"}), 0);
  EXPECT_EQ(*read_file(folder_ / "tea.txt"), "black");
  EXPECT_EQ(brew({"green", "--resume"}), 0) << "going on is no overwriting";
}

TEST_F(ProgramTest, TyposGetTheNearestName) {
  EXPECT_EQ(run({"berw"}), 3);
  EXPECT_THAT(err_, HasSubstr("unknown command 'berw'"));
  EXPECT_THAT(err_, HasSubstr("did you mean 'brew'?"));
  EXPECT_EQ(brew({"green", "--temprature", "3", "--forse"}), 3);
  EXPECT_THAT(err_, HasSubstr("did you mean --temperature?"));
  EXPECT_THAT(err_, HasSubstr("did you mean --force?"));
  EXPECT_EQ(brew({"grene"}), 3);
  EXPECT_THAT(err_, HasSubstr("did you mean 'green'?"));
  EXPECT_EQ(brew({"green", "--config", config("[brew]\nminute = 3\n")}), 3);
  EXPECT_THAT(err_, HasSubstr(".toml:2:1: unknown key 'minute' in [brew]"));
  EXPECT_EQ(seen_.runs, 0);
}

TEST_F(ProgramTest, UsageFaultsHaveAStatusOfTheirOwn) {
  EXPECT_EQ(run({}), 3);
  EXPECT_EQ(run({"brew"}), 3);
  EXPECT_THAT(err_, HasSubstr("LEAF is required"));
  EXPECT_EQ(run({"--seed", "3", "brew", "green"}), 3);
  EXPECT_THAT(err_, HasSubstr("the command comes first"));
  EXPECT_EQ(brew({"green", "--minutes", "soon"}), 3);
  EXPECT_EQ(brew({"green", "--threads", "-2"}), 3);
  EXPECT_EQ(brew({"green", "black"}), 3);
  EXPECT_EQ(brew({"green", "--config", "/no/such.toml"}), 4);
  EXPECT_EQ(seen_.runs, 0);
}

TEST_F(ProgramTest, FaultsEndWithTheirStatus) {
  EXPECT_EQ(brew({"fail"}), 5);
  EXPECT_EQ(err_, "kettle: no water\n    try: fill it\n");
  EXPECT_EQ(brew({"fail", "--json"}), 5);
  const auto document = nlohmann::json::parse(out_);
  EXPECT_EQ(document["status"], 5);
  EXPECT_EQ(document["errors"][0]["fault"], "numerical");
  EXPECT_EQ(document["errors"][0]["place"], "kettle");
  EXPECT_EQ(document["errors"][0]["hint"], "fill it");
}

TEST_F(ProgramTest, AnUnexpectedExceptionIsOurOwnMistake) {
  EXPECT_EQ(brew({"throw"}), 70);
  EXPECT_THAT(err_, HasSubstr("internal: the kettle broke"));
  EXPECT_EQ(brew({"throw", "--json"}), 70);
  EXPECT_EQ(nlohmann::json::parse(out_)["errors"][0]["fault"], "internal");
}

TEST_F(ProgramTest, HelpListsFlagsAndDefaults) {
  EXPECT_EQ(run({"brew", "--help"}), 0);
  for (const char* flag : {"--temperature", "--no-stir", "--seed", "--threads", "--out", "--config",
                           "--quiet", "--json", "--force", "--resume"})
    EXPECT_THAT(out_, HasSubstr(flag));
  EXPECT_EQ(run({"--version"}), 0);
}

TEST_F(ProgramTest, AnInterruptedRunSaysHowToGoOn) {
  // The flag stays set for the rest of the process: a process of its own.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::vector<std::unique_ptr<Command>> commands;
        commands.push_back(std::make_unique<BrewCommand>(seen_));
        std::_Exit(run_program({"brew", "stop", "--out", folder_.string() + "-stop"}, std::move(commands)));
      },
      testing::ExitedWithCode(130), "interrupted: --resume goes on");
  std::filesystem::remove_all(folder_.string() + "-stop");
}

TEST(AllCommands, HaveDistinctNamesAndPositionsAndFlagsThatDoNotClash) {
  std::set<std::string> names;
  std::set<int> positions;
  for (const auto& command : all_commands()) {
    EXPECT_TRUE(names.emplace(command->name()).second) << command->name();
    EXPECT_TRUE(positions.insert(command->position()).second) << command->name();
    EXPECT_FALSE(command->summary().empty());
  }
  EXPECT_TRUE(names.contains("check"));
  EXPECT_TRUE(names.contains("models"));
  // Declaring a flag twice throws, which ends with 70.
  testing::internal::CaptureStdout();
  EXPECT_EQ(run_program({"--help"}), 0);
  testing::internal::GetCapturedStdout();
}

}  // namespace
}  // namespace qdose
