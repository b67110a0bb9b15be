// Settings described once: a struct's fields become TOML keys, command-line flags, help text and the echo in
// a result.
//
//   struct FitSettings {
//     int chains = 4;
//     template <class Visitor> void visit(Visitor&& v) { v("chains", chains, "number of chains (1-64)"); }
//   };
//   FitSettings settings;
//   const Section section = describe_section("fit", settings);   // [fit] in the configuration file
//
// A section points into the struct that it describes; the struct must outlive it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// One setting: its name (TOML key, snake_case), where its value lives, what it means.
struct Field {
  std::string name;
  std::variant<int*, double*, bool*, std::string*, std::uint64_t*> value;
  std::string help;
};

/// A table of settings; the name is its TOML table ("" for keys before any table).
struct Section {
  std::string name;
  std::vector<Field> fields;
};

/// The fields that `settings.visit` names, in its order.
template <class Settings>
Section describe_section(std::string name, Settings& settings) {
  Section section{std::move(name), {}};
  settings.visit([&]<class T>(std::string_view field, T& value, std::string_view help) {
    section.fields.push_back({std::string(field), &value, std::string(help)});
  });
  return section;
}

/// "learning_rate" -> "--learning-rate".
std::string flag_name(std::string_view field);

/// The current value as text: as TOML and JSON write it, strings without quotes.
std::string value_text(const Field& field);

/// All values as one JSON object: a section is an object in it, the section "" its own keys.
std::string settings_json(std::span<const Section> sections);

/// A parsed configuration file.
class Config {
 public:
  /// Reads TOML. Faults (bad_usage): not UTF-8, not TOML, each with "file:line:column".
  static Result<Config> read(const std::filesystem::path& path);
  static Result<Config> parse(std::string_view text, const std::string& name);

  /// Stores the file's values in the fields that the sections point to. Faults, all at once: a key or table
  /// that no section has (names the nearest one), a value of a wrong type or outside the type's range. Fields
  /// that the file does not name keep their value; with any fault nothing is stored.
  Result<Done> apply(std::span<const Section> sections) const;

  ~Config();
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;

 private:
  struct Document;
  explicit Config(std::unique_ptr<Document> document);
  std::unique_ptr<Document> document_;
};

}  // namespace qdose
