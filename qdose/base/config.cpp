// Config of settings.hpp: the only file that includes toml++, which is slow to compile.
#include <functional>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "qdose/base/files.hpp"
#include "qdose/base/settings.hpp"
#include "qdose/base/text.hpp"

namespace qdose {
namespace {

Error fault_at(const std::string& file, const toml::source_region& region, std::string message,
               std::string hint) {
  return {Fault::bad_usage, std::move(message),
          fmt::format("{}:{}:{}", file, region.begin.line, region.begin.column), std::move(hint)};
}

/// Line and column (1-based, bytes counted as characters) of a byte.
toml::source_region place_of(std::string_view text, std::size_t byte) {
  toml::source_region region;
  const std::string_view before = text.substr(0, byte);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  region.begin.line = static_cast<toml::source_index>(std::count(before.begin(), before.end(), '\n') + 1);
  region.begin.column = static_cast<toml::source_index>(byte - line_start + 1);
  return region;
}

const char* type_name(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a decimal point";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

/// What reading a value gives: how to store it, or what was expected instead.
struct Reading {
  std::function<void()> store;
  std::string expected;
};

template <class T, class V>
Reading reading(T* place, std::optional<V> value, const char* expected) {
  if (!value) return {{}, expected};
  return {[place, v = static_cast<T>(*value)] { *place = v; }, {}};
}

/// The integer of a node when it lies within the range of T.
template <class T>
std::optional<T> integer_in_range(const toml::node& node) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || !std::in_range<T>(*value)) return {};
  return static_cast<T>(*value);
}

struct Reader {
  const toml::node& node;
  Reading operator()(int* p) const { return reading(p, integer_in_range<int>(node), "an integer"); }
  Reading operator()(std::uint64_t* p) const {
    return reading(p, integer_in_range<std::uint64_t>(node), "an integer >= 0");
  }
  Reading operator()(bool* p) const { return reading(p, node.value_exact<bool>(), "true or false"); }
  Reading operator()(std::string* p) const {
    return reading(p, node.value_exact<std::string>(), "a string in quotes");
  }
  Reading operator()(double* p) const {
    auto value = node.value_exact<double>();
    if (const auto whole = node.value_exact<std::int64_t>()) value = static_cast<double>(*whole);
    return reading(p, value, "a number");
  }
};

/// All fields of the tables called `section`: several commands may describe the same table, each with its own
/// struct.
std::vector<const Field*> fields_of(std::span<const Section> sections, std::string_view section) {
  std::vector<const Field*> fields;
  for (const Section& candidate : sections)
    if (candidate.name == section)
      for (const Field& field : candidate.fields) fields.push_back(&field);
  return fields;
}

/// Collects what a document asks for and what is wrong with it.
class Application {
 public:
  Application(const std::string& file, std::span<const Section> sections)
      : file_(file), sections_(sections) {}

  void read_root(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const auto fields = fields_of(sections_, key.str());
      if (node.is_table() && !fields.empty() && !key.str().empty())
        read_table(key.str(), *node.as_table(), fields);
      else
        read_field(key, node, "", fields_of(sections_, ""));
    }
  }

  Result<Done> finish() {
    if (!faults_.empty()) return std::move(faults_);
    for (const auto& store : stores_) store();
    return Done{};
  }

 private:
  void read_table(std::string_view section, const toml::table& table,
                  const std::vector<const Field*>& fields) {
    for (const auto& [key, node] : table) read_field(key, node, section, fields);
  }

  void read_field(const toml::key& key, const toml::node& node, std::string_view section,
                  const std::vector<const Field*>& fields) {
    bool known = false, wrong = false;
    for (const Field* field : fields) {
      if (field->name != key.str()) continue;
      known = true;
      Reading result = std::visit(Reader{node}, field->value);
      if (result.store)
        stores_.push_back(std::move(result.store));
      else if (!std::exchange(wrong, true))
        faults_.push_back(wrong_value(*field, node, result.expected));
    }
    if (known) return;
    const std::string where = section.empty() ? "" : fmt::format(" in [{}]", section);
    faults_.push_back(fault_at(file_, key.source(),
                               fmt::format("unknown key {}{}", in_quotes(key.str()), where),
                               suggestion(key.str(), names_of(section, fields))));
  }

  Error wrong_value(const Field& field, const toml::node& node, std::string_view expected) const {
    const bool out_of_range = node.is_integer() && expected.starts_with("an integer");
    const std::string found =
        out_of_range ? fmt::format("{}", *node.value_exact<std::int64_t>()) : type_name(node.type());
    return fault_at(file_, node.source(), fmt::format("{} must be {}, not {}", field.name, expected, found),
                    field.help);
  }

  /// What may stand in a table; at the top these are the keys before any table, and the tables.
  std::vector<std::string> names_of(std::string_view section, const std::vector<const Field*>& fields) const {
    std::set<std::string> names;
    for (const Field* field : fields) names.insert(field->name);
    for (const Section& table : sections_)
      if (section.empty() && !table.name.empty()) names.insert(table.name);
    return {names.begin(), names.end()};
  }

  const std::string& file_;
  std::span<const Section> sections_;
  Errors faults_;
  std::vector<std::function<void()>> stores_;
};

}  // namespace

struct Config::Document {
  std::string file;
  toml::table root;
};

Config::Config(std::unique_ptr<Document> document) : document_(std::move(document)) {}
Config::~Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;

Result<Config> Config::read(const std::filesystem::path& path) {
  Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  return parse(*text, path.string());
}

Result<Config> Config::parse(std::string_view text, const std::string& name) {
  // toml++ 3.3 reads past the end of some invalid sequences, so it must not see any.
  if (const auto byte = invalid_utf8(text))
    return fault_at(name, place_of(text, *byte), "the file is not valid UTF-8", "save it as UTF-8 text");
  try {
    return Config(std::make_unique<Document>(Document{name, toml::parse(text, name)}));
  } catch (const toml::parse_error& error) {
    return fault_at(name, error.source(), std::string(error.description()),
                    "see https://toml.io for the syntax");
  }
}

Result<Done> Config::apply(std::span<const Section> sections) const {
  Application application(document_->file, sections);
  application.read_root(document_->root);
  return application.finish();
}

}  // namespace qdose
