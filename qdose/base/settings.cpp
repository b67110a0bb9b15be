#include "qdose/base/settings.hpp"

#include <cmath>

#include <fmt/format.h>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

/// A number as JSON has it: it knows no infinity, which is therefore written as text.
std::string number_text(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : fmt::format("\"{}\"", value);
}

std::string json_value(const Field& field) {
  if (const auto text = std::get_if<std::string*>(&field.value)) return json_string(**text);
  if (const auto number = std::get_if<double*>(&field.value)) return number_text(**number);
  return value_text(field);
}

std::string json_fields(const Section& section, std::string_view indent) {
  std::string text;
  for (const Field& field : section.fields)
    text += fmt::format("{}{}{}: {}", text.empty() ? "" : ",\n", indent, json_string(field.name),
                        json_value(field));
  return text;
}

}  // namespace

std::string flag_name(std::string_view field) {
  std::string name = "--";
  for (const char c : field) name += c == '_' ? '-' : c;
  return name;
}

std::string value_text(const Field& field) {
  return std::visit([](auto* value) { return fmt::format("{}", *value); }, field.value);
}

std::string settings_json(std::span<const Section> sections) {
  std::string text;
  for (const Section& section : sections) {
    if (section.fields.empty()) continue;
    if (!text.empty()) text += ",\n";
    if (section.name.empty())
      text += json_fields(section, "  ");
    else
      text += fmt::format("  {}: {{\n{}\n  }}", json_string(section.name), json_fields(section, "    "));
  }
  return text.empty() ? "{}" : "{\n" + text + "\n}";
}

}  // namespace qdose
