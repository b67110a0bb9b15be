#include "qdose/dosing/scenario_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "qdose/base/files.hpp"
#include "qdose/base/text.hpp"

namespace qdose {
namespace {

/// Collects faults, each with its place in the file.
struct Faults {
  std::string file;
  Errors errors = {};
  void add(const toml::node& node, std::string message, std::string hint = "") {
    const auto place = node.source().begin;
    errors.push_back({Fault::bad_usage, std::move(message),
                      fmt::format("{}:{}:{}", file, place.line, place.column), std::move(hint)});
  }
};

/// One table: its values by key, taken one after the other; what is left in the end is unknown.
class Table {
 public:
  Table(const toml::table& table, Faults& faults) : table_(table), faults_(faults) {}

  const toml::node* take(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }
  void number(std::string_view key, double& value, double low, double high) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto found = node->value<double>();
    if (!node->is_number() || !(*found >= low && *found <= high))
      return faults_.add(*node, fmt::format("{} must be a number in {:g} to {:g}", key, low, high));
    value = *found;
  }
  void text(std::string_view key, std::string& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (const auto found = node->value_exact<std::string>(); found && !found->empty())
      value = *found;
    else
      faults_.add(*node, fmt::format("{} must be text in quotes", key));
  }
  /// One of a few words.
  template <class T>
  void word(std::string_view key, T& value, const std::map<std::string, T>& words) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const std::string found = node->value_or(std::string());
    if (const auto place = words.find(found); place != words.end()) {
      value = place->second;
      return;
    }
    std::vector<std::string> names;
    for (const auto& [name, unused] : words) names.push_back(name);
    faults_.add(*node, fmt::format("{} cannot be {}", key, in_quotes(found)), suggestion(found, names));
  }
  void table(std::string_view key, const std::function<void(Table&)>& read) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (!node->is_table()) return faults_.add(*node, fmt::format("{} must be a table", key));
    Table inner(*node->as_table(), faults_);
    read(inner);
    inner.finish(fmt::format(" in [{}]", key));
  }
  /// Every table of an array [[key]].
  void tables(std::string_view key, const std::function<void(Table&)>& read) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (!node->is_array_of_tables())
      return faults_.add(*node, fmt::format("{} must be tables [[{}]]", key, key));
    for (const toml::node& entry : *node->as_array()) {
      Table inner(*entry.as_table(), faults_);
      read(inner);
      inner.finish(fmt::format(" in [[{}]]", key));
    }
  }
  void finish(const std::string& where) {
    for (const auto& [key, node] : table_)
      if (std::ranges::find(known_, key.str()) == known_.end())
        faults_.add(node, fmt::format("unknown key {}{}", in_quotes(key.str()), where),
                    suggestion(key.str(), known_));
  }

  const toml::table& raw() const { return table_; }
  Faults& faults() { return faults_; }

 private:
  const toml::table& table_;
  Faults& faults_;
  std::vector<std::string> known_;
};

constexpr double huge = 1e12;

void read_endpoint(Table& table, Endpoint& endpoint) {
  enum class Word { throughout, peak, trough, mean, auc, end, time };
  const bool is_throughout =
      endpoint.measure == (endpoint.direction == Direction::below ? Measure::peak : Measure::trough);
  Word word = is_throughout ? Word::throughout : static_cast<Word>(1 + static_cast<int>(endpoint.measure));
  table.word<Quantity>("quantity", endpoint.quantity,
                       {{"biomarker", Quantity::biomarker}, {"concentration", Quantity::concentration}});
  table.word<Word>("measure", word,
                   {{"throughout", Word::throughout},
                    {"peak", Word::peak},
                    {"trough", Word::trough},
                    {"mean", Word::mean},
                    {"auc", Word::auc},
                    {"end", Word::end},
                    {"time", Word::time}});
  table.word<Direction>("direction", endpoint.direction,
                        {{"below", Direction::below}, {"above", Direction::above}});
  table.number("threshold", endpoint.threshold, -huge, huge);
  table.number("share", endpoint.share, 0.001, 1);
  if (word == Word::throughout)
    endpoint.measure = endpoint.direction == Direction::below ? Measure::peak : Measure::trough;
  else
    endpoint.measure = static_cast<Measure>(static_cast<int>(word) - 1);
}

void read_safety(Table& table, std::optional<SafetyLimit>& safety) {
  SafetyLimit limit;
  double share = limit.share;
  if (table.raw().get("threshold") == nullptr)
    table.faults().add(table.raw(), "a safety limit needs a threshold");
  table.number("population", share, 0.01, 1);
  read_endpoint(table, limit.endpoint);
  limit.share = share;
  safety = limit;
}

Regimen read_regimen(Table& table, const DoseSettings& settings, const StudiedDoses& studied) {
  Repetition repetition{24, 0, 1, 0};
  table.number("interval", repetition.interval, 0.5, 2000);
  repetition.duration = std::min(studied.duration, repetition.interval);
  table.number("infusion", repetition.duration, 0, repetition.interval);
  table.number("loading", repetition.loading, 0, 100);
  double number = 0;
  table.number("number", number, 0, 200);
  repetition.number = static_cast<int>(number);
  std::string name = repetition.interval == 24 ? "daily" : repetition.interval == 168 ? "weekly" : "other";
  std::string words = fmt::format("every {:g} h", repetition.interval);
  if (repetition.duration > 0) words += fmt::format(" over {:g} h", repetition.duration);
  if (repetition.loading != 1) words += fmt::format(", first dose {:g} times as large", repetition.loading);
  if (repetition.number > 0) words += fmt::format(", in interval {}", repetition.number);
  double grid = daily_grid(settings, studied) * (repetition.interval == 168 ? 10 : repetition.interval / 24);
  double largest = 0;
  table.text("name", name);
  table.text("words", words);
  table.number("grid", grid, 1e-12, huge);
  table.number("largest", largest, 1e-12, huge);
  Regimen regimen = make_regimen(name, words, repetition, grid, settings, studied);
  if (largest > 0) regimen.largest = grid * std::max(1.0, std::ceil(largest / grid * (1 - 1e-12)));
  return regimen;
}

/// A number, [low, high], or { law = "normal", ... }.
CovariateChange read_change(std::size_t covariate, const std::string& name, const toml::node& node,
                            Faults& faults) {
  CovariateChange change{covariate, 0, 0, Law::value};
  if (node.is_number()) {
    change.low = change.high = *node.value<double>();
    return change;
  }
  if (const toml::array* range = node.as_array()) {
    const bool good = range->size() == 2 && (*range)[0].is_number() && (*range)[1].is_number() &&
                      *(*range)[0].value<double>() <= *(*range)[1].value<double>();
    if (!good)
      faults.add(node, fmt::format("{} needs a range [low, high]", name));
    else
      change.low = *(*range)[0].value<double>(), change.high = *(*range)[1].value<double>();
    change.law = change.low < change.high ? Law::uniform : Law::value;
    return change;
  }
  if (!node.is_table()) {
    faults.add(node, fmt::format("{} needs a number, a range [low, high] or a law", name),
               R"({ law = "normal", mean = 80, sd = 12 })");
    return change;
  }
  Table table(*node.as_table(), faults);
  table.word<Law>("law", change.law,
                  {{"uniform", Law::uniform},
                   {"normal", Law::normal},
                   {"lognormal", Law::lognormal},
                   {"levels", Law::levels}});
  table.number("low", change.low, -huge, huge), table.number("high", change.high, -huge, huge);
  table.number("mean", change.centre, -huge, huge), table.number("median", change.centre, 0, huge);
  table.number("sd", change.spread, 0, huge);
  double cv = 0;
  table.number("cv", cv, 0, 10);
  if (cv > 0) change.spread = std::sqrt(std::log1p(cv * cv));
  const auto list = [&](const char* key, std::vector<double>& values) {
    if (const toml::node* found = table.take(key); found != nullptr && found->is_array())
      for (const toml::node& value : *found->as_array()) values.push_back(value.value_or(NAN));
  };
  list("levels", change.levels), list("shares", change.shares);
  table.finish(" of " + name);
  double total = 0;
  for (const double share : change.shares) total += share;
  if (change.law == Law::levels && (change.levels.empty() || change.levels.size() != change.shares.size() ||
                                    !(std::abs(total - 1) < 1e-6)))
    faults.add(node, fmt::format("{} needs levels and as many shares with sum 1", name));
  if ((change.law == Law::lognormal && !(change.centre > 0)) ||
      (change.law == Law::uniform && !(change.low < change.high)) || change.law == Law::value)
    faults.add(node, fmt::format("the law of {} is not complete", name),
               "uniform: low, high; normal: mean, sd; lognormal: median, cv; levels: levels, shares");
  return change;
}

void read_covariates(Table& table, const PopulationModel& model, Scenario& scenario) {
  for (const auto& [key, node] : table.raw()) {
    const std::string name(key.str());
    table.take(name);
    const auto found = std::ranges::find(model.covariates, name, &PopulationCovariate::name);
    if (found == model.covariates.end()) {
      std::vector<std::string> names;
      for (const PopulationCovariate& covariate : model.covariates) names.push_back(covariate.name);
      table.faults().add(node, fmt::format("the trial has no covariate {}", in_quotes(name)),
                         suggestion(name, names));
      continue;
    }
    scenario.changes.push_back(
        read_change(static_cast<std::size_t>(found - model.covariates.begin()), name, node, table.faults()));
  }
}

void choose_regimens(Table& table, const std::vector<Regimen>& all, Scenario& scenario) {
  scenario.regimens = all;
  const toml::node* node = table.take("regimens");
  if (node == nullptr) return;
  scenario.regimens.clear();
  std::vector<std::string> names;
  for (const Regimen& regimen : all) names.push_back(regimen.name);
  if (!node->is_array()) return table.faults().add(*node, "regimens must be a list of names");
  for (const toml::node& entry : *node->as_array()) {
    const std::string name = entry.value_or(std::string());
    const auto found = std::ranges::find(all, name, &Regimen::name);
    if (found == all.end())
      table.faults().add(entry, fmt::format("no [[regimen]] is called {}", in_quotes(name)),
                         suggestion(name, names));
    else
      scenario.regimens.push_back(*found);
  }
}

Scenario read_scenario(Table& table, const PopulationModel& model, const Scenario& like,
                       const std::vector<Regimen>& regimens) {
  Scenario scenario = like;
  table.text("name", scenario.name);
  scenario.description = scenario.name;
  table.text("description", scenario.description);
  table.number("target", scenario.target, 0.01, 0.99);
  choose_regimens(table, regimens, scenario);
  table.table("endpoint", [&](Table& inner) { read_endpoint(inner, scenario.endpoint); });
  table.table("safety", [&](Table& inner) { read_safety(inner, scenario.safety); });
  table.table("covariates", [&](Table& inner) { read_covariates(inner, model, scenario); });
  std::optional<bool> keeps_rank;
  table.word<std::optional<bool>>("dependence", keeps_rank,
                                  {{"auto", std::nullopt}, {"trial", true}, {"independent", false}});
  for (CovariateChange& change : scenario.changes) change.keeps_rank = keeps_rank;
  return scenario;
}

std::vector<Scenario> read_document(Table& root, const PopulationModel& model, const DoseSettings& settings,
                                    const StudiedDoses& studied) {
  const Direction direction = settings.direction == "above" ? Direction::above : Direction::below;
  Scenario like{"", "", {}, settings.target, throughout(Quantity::biomarker, direction, settings.threshold)};
  root.number("target", like.target, 0.01, 0.99);
  root.table("endpoint", [&](Table& inner) { read_endpoint(inner, like.endpoint); });
  root.table("safety", [&](Table& inner) { read_safety(inner, like.safety); });
  std::vector<Regimen> regimens;
  root.tables("regimen", [&](Table& inner) { regimens.push_back(read_regimen(inner, settings, studied)); });
  std::vector<Scenario> scenarios;
  root.tables("scenario", [&](Table& inner) {
    like.name = fmt::format("scenario {}", scenarios.size() + 1);
    scenarios.push_back(read_scenario(inner, model, like, regimens));
  });
  root.finish("");
  if (scenarios.empty()) root.faults().add(root.raw(), "the file has no [[scenario]]");
  return scenarios;
}

}  // namespace

Result<std::vector<Scenario>> load_scenarios(const std::string& path, const PopulationModel& model,
                                             const DoseSettings& settings, const StudiedDoses& studied) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  // toml++ 3.3 reads past the end of some invalid sequences, so it must not see any.
  if (invalid_utf8(*text))
    return Error{Fault::bad_usage, "the file is not valid UTF-8", path, "save it as UTF-8 text"};
  try {
    const toml::table document = toml::parse(*text, path);
    Faults faults{path};
    Table root(document, faults);
    auto scenarios = read_document(root, model, settings, studied);
    if (!faults.errors.empty()) return faults.errors;
    return scenarios;
  } catch (const toml::parse_error& fault) {
    const auto place = fault.source().begin;
    return Error{Fault::bad_usage, std::string(fault.description()),
                 fmt::format("{}:{}:{}", path, place.line, place.column),
                 "see https://toml.io for the syntax"};
  }
}

}  // namespace qdose
