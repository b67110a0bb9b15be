#include "app/program.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>

#include "app/blas.hpp"
#include "app/declarations.hpp"
#include "app/examples.hpp"
#include "app/version.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/base/text.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

constexpr int internal_error = 70, stopped = 130;
constexpr int most_threads = 4096;

/// A command with its part of the command line.
struct Entry {
  std::unique_ptr<Command> command;
  CLI::App* app;
  Options options;
};

std::string_view command_name(const Entry& entry) { return entry.command->name(); }

/// "Examples:" with what each is for; empty for a command without any.
std::string examples_text(std::string_view command) {
  std::string text;
  for (const Example& example : examples_of(command))
    text += fmt::format("  qdose {}\n      {}\n", example.words, example.purpose);
  return text.empty() ? text : "Examples:\n" + text;
}

/// Wall and processor time since the program started, and the most memory it held.
std::string usage_text() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  static const auto start = std::chrono::steady_clock::now();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return fmt::format("time: {:.2f} s, processor {:.2f} s, most memory {:.0f} MB", wall.count(),
                     seconds(usage.ru_utime) + seconds(usage.ru_stime), double(usage.ru_maxrss) / 1024);
}

/// All commands under one CLI::App, and the options that they share.
class Program {
 public:
  explicit Program(std::vector<std::unique_ptr<Command>> commands);
  int run(const std::vector<std::string>& arguments, bool json);

 private:
  Entry* selected();
  Result<Done> parse(const std::vector<std::string>& arguments);
  Errors explain(const CLI::ParseError& error, const std::vector<std::string>& arguments);
  Errors unknown_flags(const Entry& entry) const;
  Result<Done> configure(Entry& entry);
  Result<Done> check_results(const Entry& entry) const;
  std::string settings_of(const Entry& entry);

  CommonOptions common_;
  CLI::App app_{"qdose reads one phase-1 trial and answers which dose to give next.", "qdose"};
  std::vector<std::unique_ptr<Entry>> entries_;
};

Program::Program(std::vector<std::unique_ptr<Command>> commands) {
  app_.require_subcommand(0, 1);
  app_.set_version_flag("--version", std::string(version));
  app_.footer(examples_text("") +
              "\nEvery command explains itself: qdose COMMAND --help\n"
              "Completion for your shell: qdose completion --help");
  for (auto& command : commands) {
    CLI::App* app = app_.add_subcommand(std::string(command->name()), std::string(command->summary()));
    entries_.push_back(std::unique_ptr<Entry>(new Entry{std::move(command), app, Options(*app)}));
    entries_.back()->command->declare(entries_.back()->options);
    add_common_options(entries_.back()->options, common_);
    app->footer(examples_text(command_name(*entries_.back())));
  }
}

Entry* Program::selected() {
  for (const auto& entry : entries_)
    if (entry->app->parsed()) return entry.get();
  return nullptr;
}

/// The command's flags that look like those which are unknown.
Errors Program::unknown_flags(const Entry& entry) const {
  std::vector<std::string> flags;
  for (const CLI::Option* option : entry.app->get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  Errors errors;
  for (const std::string& word : entry.app->remaining()) {
    const bool is_flag = word.size() > 1 && word.front() == '-';
    const std::string hint = fmt::format("qdose {} --help lists what it takes", entry.command->name());
    if (is_flag) {
      const std::string name = word.substr(0, word.find('='));
      const auto nearest = nearest_name(name, flags);
      errors.push_back({Fault::bad_usage, fmt::format("unknown option {}", in_quotes(name)), "",
                        nearest ? fmt::format("did you mean {}?", *nearest) : hint});
    } else if (errors.empty()) {
      // After an unknown flag a word is most likely its value.
      errors.push_back({Fault::bad_usage, fmt::format("unexpected {}", in_quotes(word)), "", hint});
    }
  }
  return errors;
}

Errors Program::explain(const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const auto& entry : entries_) names.emplace_back(entry->command->name());
  const std::string& first = arguments.front();
  if (std::ranges::find(names, first) == names.end()) {
    if (first.starts_with("-"))
      return {{Fault::bad_usage, fmt::format("{} before the command", in_quotes(first)), "",
               "the command comes first: qdose COMMAND [OPTIONS]"}};
    return {{Fault::bad_usage, fmt::format("unknown command {}", in_quotes(first)), "",
             suggestion(first, names)}};
  }
  if (const Entry* entry = selected())
    if (Errors errors = unknown_flags(*entry); !errors.empty()) return errors;
  return {{Fault::bad_usage, error.what(), "", fmt::format("qdose {} --help lists what it takes", first)}};
}

Result<Done> Program::parse(const std::vector<std::string>& arguments) {
  try {
    // CLI11 takes the words from the back.
    app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success&) {
    throw;  // --help and --version are no faults
  } catch (const CLI::ParseError& error) {
    return explain(error, arguments);
  }
  return Done{};
}

/// Defaults, then the configuration file, then flags.
Result<Done> Program::configure(Entry& entry) {
  if (Errors errors = entry.options.wrong_choices(); !errors.empty()) return errors;
  if (!common_.config.empty()) {
    const Result<Config> config = Config::read(common_.config);
    if (!config) return config.errors();
    // One file may serve all commands: tables of the others are read, and checked, as well.
    std::vector<Section> sections;
    for (const auto& each : entries_)
      sections.insert(sections.end(), each->options.sections().begin(), each->options.sections().end());
    if (const auto applied = config->apply(sections); !applied) return applied.errors();
  }
  entry.options.store_flags();
  if (common_.threads < 0 || common_.threads > most_threads)
    return Error{Fault::bad_usage, fmt::format("{} threads", common_.threads), "",
                 fmt::format("0 (all processors) to {}", most_threads)};
  if (common_.threads == 0) common_.threads = available_threads();
  return Done{};
}

Result<Done> Program::check_results(const Entry& entry) const {
  if (common_.force || common_.resume) return Done{};
  Errors errors;
  for (const auto& path : entry.command->writes(common_))
    if (std::filesystem::exists(path))
      errors.push_back(
          {Fault::file, "exists already", path.string(), "--force overwrites it, --out writes elsewhere"});
  if (!errors.empty()) return errors;
  return Done{};
}

std::string Program::settings_of(const Entry& entry) {
  std::vector<Section> sections = {describe_section("", common_)};
  for (const Section& section : entry.options.sections())
    if (!section.name.empty()) sections.push_back(section);
  return settings_json(sections);
}

int Program::run(const std::vector<std::string>& arguments, bool json) {
  try {
    if (const auto parsed = parse(arguments); !parsed) return report(parsed.errors(), json);
  } catch (const CLI::Success& help) {
    return app_.exit(help);
  }
  Entry* entry = selected();
  if (!entry) return report({{Fault::bad_usage, "no command", "", "qdose --help lists the commands"}}, json);
  if (const auto configured = configure(*entry); !configured) return report(configured.errors(), json);
  if (const auto free = check_results(*entry); !free) return report(free.errors(), json);

  set_blas_threads(common_.threads);
  watch_interrupts();
  Context context(common_, settings_of(*entry), fmt::format("qdose {}", fmt::join(arguments, " ")));
  context.detail("settings: " + context.settings());
  usage_text();  // starts its clock
  const Result<Done> result = entry->command->run(context);
  context.detail(usage_text());
  if (interrupted())
    return report("interrupted",
                  entry->options.is_resumable() ? "--resume goes on" : "it stopped before it was done",
                  stopped, json);
  return result ? 0 : report(result.errors(), json);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, std::vector<std::unique_ptr<Command>> commands) {
  const bool json = std::ranges::find(arguments, "--json") != arguments.end();
  try {
    return Program(std::move(commands)).run(arguments, json);
  } catch (const std::exception& error) {
    return report("internal", error.what(), internal_error, json);
  }
}

}  // namespace qdose
