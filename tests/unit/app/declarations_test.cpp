#include "app/declarations.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "app/completion.hpp"
#include "app/examples.hpp"
#include "app/manual_page.hpp"
#include "app/program.hpp"
#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::vector<DeclaredCommand>& declared() {
  static const std::vector<DeclaredCommand> commands = declarations(all_commands());
  return commands;
}

const DeclaredCommand& command(const std::string& name) {
  return *std::ranges::find(declared(), name, &DeclaredCommand::name);
}

std::vector<std::string> split(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Declarations, KnowFlagsWordsAndDefaults) {
  const DeclaredCommand& dose = command("dose");
  const auto threshold = std::ranges::find(dose.flags, "--threshold", &DeclaredFlag::name);
  ASSERT_NE(threshold, dose.flags.end());
  EXPECT_EQ(threshold->standard, "3.3");
  EXPECT_FALSE(threshold->is_common);
  EXPECT_NE(threshold->value_name, "");
  const auto residual = std::ranges::find(dose.flags, "--include-residual", &DeclaredFlag::name);
  ASSERT_NE(residual, dose.flags.end());
  EXPECT_EQ(residual->negation, "--no-include-residual");
  EXPECT_EQ(residual->value_name, "");
  const auto seed = std::ranges::find(dose.flags, "--seed", &DeclaredFlag::name);
  EXPECT_TRUE(seed->is_common);
  EXPECT_THAT(command("simulate").words.at(0).allowed, Contains("trial"));
  EXPECT_TRUE(command("run").words.at(0).is_required);
  EXPECT_FALSE(command("models").words.at(0).is_required);
}

/// Every example is made of words that its command takes.
TEST(Examples, AreWhatTheProgramTakes) {
  std::vector<Example> all(examples_of("").begin(), examples_of("").end());
  for (const DeclaredCommand& each : declared()) {
    const auto own = examples_of(each.name);
    EXPECT_FALSE(own.empty()) << each.name << " has no example (app/examples.cpp)";
    for (const Example& example : own) EXPECT_EQ(split(example.words).front(), each.name);
    all.insert(all.end(), own.begin(), own.end());
  }
  for (const Example& example : all) {
    const auto words = split(example.words);
    const DeclaredCommand& each = command(words.front());
    for (const std::string& word : words)
      if (word.starts_with("--")) {
        const bool known = std::ranges::any_of(
            each.flags, [&](const DeclaredFlag& f) { return f.name == word || f.negation == word; });
        EXPECT_TRUE(known) << example.words << ": " << word;
      }
    EXPECT_FALSE(example.purpose.empty());
  }
}

/// What bash offers after `typed`, by the generated script itself.
std::string completed_by_bash(const std::string& typed) {
  const auto folder = std::filesystem::temp_directory_path() / ("qdose-bash-" + std::to_string(::getpid()));
  EXPECT_TRUE(write_file(folder / "script", completion_script("bash", declared())));
  const auto words = split(typed);
  std::string list;
  for (const std::string& word : words) list += " '" + word + "'";
  const bool at_new = typed.ends_with(' ');
  const std::string cursor = std::to_string(at_new ? words.size() : words.size() - 1);
  const std::string line = "cd " + folder.string() + " && bash -c \"source ./script; COMP_WORDS=(" + list +
                           (at_new ? " ''" : "") + "); COMP_CWORD=" + cursor +
                           "; _qdose; echo \\\"\\${COMPREPLY[@]}\\\"\"";
  std::string out;
  if (FILE* pipe = popen(line.c_str(), "r")) {
    char buffer[4096];
    for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
    EXPECT_EQ(pclose(pipe), 0) << line;
  }
  std::filesystem::remove_all(folder);
  return out;
}

TEST(Completion, CompletesInBash) {
  EXPECT_THAT(split(completed_by_bash("qdose ch")), ::testing::ElementsAre("check"));
  EXPECT_THAT(split(completed_by_bash("qdose dose --thres")), ::testing::ElementsAre("--threshold"));
  EXPECT_THAT(split(completed_by_bash("qdose completion z")), ::testing::ElementsAre("zsh"));
  EXPECT_THAT(split(completed_by_bash("qdose run --no-tu")), ::testing::ElementsAre("--no-tune"));
}

TEST(Completion, NamesEveryFlagForEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell, declared());
    for (const DeclaredCommand& each : declared()) {
      EXPECT_THAT(script, HasSubstr(each.name));
      for (const DeclaredFlag& flag : each.flags)
        EXPECT_THAT(script, HasSubstr(shell == std::string("fish") ? flag.name.substr(2) : flag.name))
            << shell;
    }
  }
}

TEST(ManualPage, HoldsEveryCommandFlagAndExample) {
  const std::string page = manual_page(declared());
  EXPECT_TRUE(page.starts_with(".TH QDOSE 1"));
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    EXPECT_FALSE(line.starts_with("'")) << "a line that man(7) would take for a request: " << line;
  for (const DeclaredCommand& each : declared()) {
    EXPECT_THAT(page, HasSubstr(".SS qdose " + each.name));
    for (const DeclaredFlag& flag : each.flags) {
      std::string escaped = "\\fB";
      for (const char c : flag.name) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
      EXPECT_THAT(page, HasSubstr(escaped));
    }
  }
}

}  // namespace
}  // namespace qdose
