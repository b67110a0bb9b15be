// How a command declares its arguments and settings: once, for the command line and the configuration file
// alike.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/common_options.hpp"
#include "qdose/base/settings.hpp"

namespace qdose {

/// The options of one command. Values from flags win over the configuration file, this over defaults.
class Options {
 public:
  explicit Options(CLI::App& app) : app_(app) {}
  Options(const Options&) = delete;  // what parses the flags points to this object
  Options& operator=(const Options&) = delete;

  /// A word that must be given, for example TRIAL.csv.
  void positional(const std::string& name, std::string& value, const std::string& help);
  /// A word that may be given.
  void optional(const std::string& name, std::string& value, const std::string& help);
  /// Any number of words.
  void words(const std::string& name, std::vector<std::string>& values, const std::string& help);
  /// A word out of a few, for example pk or pd; a typo is answered with the nearest one.
  void choice(const std::string& name, std::string& value, std::vector<std::string> allowed,
              const std::string& help);

  /// A settings struct (`visit`) becomes the table [section] of the configuration file and one flag a field.
  /// `prefix` goes before the flags' names where a command has several structs: "pk" makes --pk-chains.
  template <class Settings>
  void settings(const std::string& section, Settings& values, const std::string& prefix = {}) {
    add_section(describe_section(section, values), prefix);
  }

  /// Offers --resume: the command can go on from what an interrupted run left.
  void resumable() { resumable_ = true; }
  bool is_resumable() const { return resumable_; }

  /// For what the above does not cover.
  CLI::App& app() { return app_; }

  /// The words that a `choice` of that name allows; empty for other arguments.
  std::vector<std::string> allowed(const std::string& name) const;

  const std::vector<Section>& sections() const { return sections_; }

  /// After the configuration file was applied: stores what the flags said.
  void store_flags();
  /// Words that are none of the allowed choices; empty when all are fine.
  Errors wrong_choices() const;

 private:
  struct Choice {
    std::string name;
    const std::string* value;
    std::vector<std::string> allowed;
  };
  void add_section(Section section, const std::string& prefix);
  void add_flag(const Field& field, const std::string& prefix);

  CLI::App& app_;
  std::vector<Section> sections_;
  std::vector<Choice> choices_;
  std::vector<std::function<void()>> flags_;
  bool resumable_ = false;
};

}  // namespace qdose
