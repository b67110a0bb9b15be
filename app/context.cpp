#include "app/context.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/ink.hpp"

namespace qdose {
namespace {

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::bad_input:
      return "input";
    case Fault::bad_usage:
      return "usage";
    case Fault::file:
      return "file";
    case Fault::numerical:
      return "numerical";
  }
  return "internal";
}

/// Messages may quote bytes of a user's file: whatever is no UTF-8 is replaced.
std::string dump(const nlohmann::json& document) {
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// As describe() says it; on a terminal the fault stands out from its place and its hint.
void print_fault(const Error& error) {
  if (!has_colours(stderr)) {
    fmt::print(stderr, "{}", describe({error}));
    return;
  }
  const std::string place = error.place.empty() ? "" : painted(error.place + ": ", Ink::quiet, stderr);
  fmt::print(stderr, "{}{}\n", place, painted(error.message, Ink::fault, stderr));
  if (!error.hint.empty()) fmt::print(stderr, "    try: {}\n", painted(error.hint, Ink::hint, stderr));
}

}  // namespace

Context::Context(CommonOptions options, std::string settings, std::string command_line)
    : options_(std::move(options)), settings_(std::move(settings)), command_line_(std::move(command_line)) {}

Progress& Context::progress() const { return options_.quiet ? silent_progress() : terminal_progress(); }

void Context::note(std::string_view line) const {
  if (!options_.quiet && !options_.json) fmt::print(stderr, "{}\n", line);
}

void Context::detail(std::string_view line) const {
  if (options_.verbose) note(line);
}

void Context::answer(std::string_view text, const nlohmann::json& document) const {
  if (options_.json)
    fmt::print("{}\n", dump(document));
  else if (!options_.quiet)
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
}

int report(const Errors& errors, bool json) {
  const int status = exit_status(errors);
  if (!json) {
    for (const Error& error : errors) print_fault(error);
    return status;
  }
  nlohmann::json list = nlohmann::json::array();
  for (const Error& e : errors)
    list.push_back(
        {{"fault", fault_name(e.fault)}, {"message", e.message}, {"place", e.place}, {"hint", e.hint}});
  fmt::print("{}\n", dump({{"errors", list}, {"status", status}}));
  return status;
}

int report(std::string_view fault, std::string_view message, int status, bool json) {
  if (json)
    fmt::print("{}\n", dump({{"errors", {{{"fault", fault}, {"message", message}}}}, {"status", status}}));
  else
    fmt::print(stderr, "{} {}\n", painted(fmt::format("qdose: {}:", fault), Ink::fault, stderr), message);
  return status;
}

}  // namespace qdose
