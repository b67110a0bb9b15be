#include "app/options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "qdose/base/text.hpp"

namespace qdose {

void Options::positional(const std::string& name, std::string& value, const std::string& help) {
  optional(name, value, help);
  app_.get_option(name)->required();
}

void Options::optional(const std::string& name, std::string& value, const std::string& help) {
  app_.add_option(name, value, help)->type_name("");
}

void Options::words(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  app_.add_option(name, values, help)->type_name("");
}

void Options::choice(const std::string& name, std::string& value, std::vector<std::string> allowed,
                     const std::string& help) {
  positional(name, value, fmt::format("{} ({})", help, fmt::join(allowed, ", ")));
  choices_.push_back({name, &value, std::move(allowed)});
}

void Options::add_section(Section section, const std::string& prefix) {
  for (const Field& field : section.fields) add_flag(field, prefix);
  sections_.push_back(std::move(section));
}

void Options::add_flag(const Field& field, const std::string& prefix) {
  const std::string flag = flag_name(prefix.empty() ? field.name : prefix + "_" + field.name);
  // Flags are stored after the configuration file: parsing only remembers what they said.
  const auto remember = [this](auto* place, auto value) {
    flags_.push_back([place, value = std::move(value)] { *place = value; });
  };
  CLI::Option* option = std::visit(
      [&]<class T>(T* place) {
        if constexpr (std::is_same_v<T, bool>) {
          const auto store = [=](std::int64_t count) { remember(place, count > 0); };
          const bool negated = flag.starts_with("--no-");
          const std::string names = negated ? flag : fmt::format("{},!--no-{}", flag, flag.substr(2));
          return app_.add_flag_function(names, store, field.help);
        } else {
          return app_.add_option_function<T>(
              flag, [=](const T& value) { remember(place, value); }, field.help);
        }
      },
      field.value);
  option->default_str(value_text(field));
}

std::vector<std::string> Options::allowed(const std::string& name) const {
  const auto found = std::ranges::find(choices_, name, &Choice::name);
  return found == choices_.end() ? std::vector<std::string>() : found->allowed;
}

void Options::store_flags() {
  for (const auto& store : flags_) store();
}

Errors Options::wrong_choices() const {
  Errors errors;
  for (const Choice& choice : choices_)
    if (std::ranges::find(choice.allowed, *choice.value) == choice.allowed.end())
      errors.push_back({Fault::bad_usage, fmt::format("{} is no {}", in_quotes(*choice.value), choice.name),
                        "", suggestion(*choice.value, choice.allowed)});
  return errors;
}

}  // namespace qdose
