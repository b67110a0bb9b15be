#include "qdose/results/draws_csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {
namespace {

/// A column of the population: its name, its value in a draw on the natural scale, and the way back.
struct Column {
  std::string name;
  Scale scale = Scale::log;
  bool transformed = false;  ///< stored on the unbounded scale
  double* (*place)(PopulationDraw&, std::size_t) = nullptr;
  std::size_t index = 0;

  double read(PopulationDraw draw) const {
    const double stored = *place(draw, index);
    return transformed ? to_natural(scale, stored) : stored;
  }
  void write(PopulationDraw& draw, double value) const {
    *place(draw, index) = transformed ? to_unbounded(scale, value) : value;
  }
};

std::vector<Column> columns_of(const PopulationModel& model) {
  std::vector<Column> columns;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    columns.push_back({model.parameters[p].name, model.parameters[p].scale, true,
                       [](PopulationDraw& d, std::size_t i) { return &d.typical[i]; }, p});
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    columns.push_back({model.effects[e].name, Scale::log, false,
                       [](PopulationDraw& d, std::size_t i) { return &d.beta[i]; }, e});
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    columns.push_back({"omega_" + model.parameters[p].name, Scale::log, false,
                       [](PopulationDraw& d, std::size_t i) { return &d.omega[i]; }, p});
  const std::vector<EffectPair> pairs = effect_pairs(model);
  for (std::size_t c = 0; c < pairs.size(); ++c)
    columns.push_back({name_of(model, pairs[c]), Scale::log, false,
                       [](PopulationDraw& d, std::size_t i) { return &d.correlation[i]; }, c});
  const auto sigma = [&](const char* name, double* (*place)(PopulationDraw&, std::size_t)) {
    columns.push_back({name, Scale::log, false, place, 0});
  };
  sigma("sigma_pk_prop", [](PopulationDraw& d, std::size_t) { return &d.pk_proportional; });
  sigma("sigma_pk_add", [](PopulationDraw& d, std::size_t) { return &d.pk_additive; });
  sigma("sigma_pd_prop", [](PopulationDraw& d, std::size_t) { return &d.pd_proportional; });
  sigma("sigma_pd_add", [](PopulationDraw& d, std::size_t) { return &d.pd_additive; });
  return columns;
}

PopulationDraw empty_draw(const PopulationModel& model) {
  PopulationDraw draw;
  draw.typical.resize(model.parameters.size());
  draw.omega.resize(model.parameters.size());
  draw.beta.resize(model.effects.size());
  draw.correlation.resize(effect_pairs(model).size());
  return draw;
}

constexpr const char* diagnostic_columns =
    "lp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__";
constexpr std::size_t diagnostics = 7;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

Error fault_at(const std::string& name, std::size_t line, std::size_t column, std::string message) {
  return {Fault::bad_input, std::move(message), fmt::format("{}:{}:{}", name, line, column),
          "was this file written by `qdose fit` for this fit.json?"};
}

/// The numbers of a row, or the column (1-based) of the first cell that is none.
std::pair<std::vector<double>, std::size_t> numbers_of(const std::string& line) {
  std::vector<double> values;
  for (const std::string& cell : split(line)) {
    double value = 0;
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (fault != std::errc() || end != cell.data() + cell.size()) return {values, values.size() + 1};
    values.push_back(value);
  }
  return {values, 0};
}

void add_row(const std::vector<Column>& columns, const std::vector<double>& row, ChainInfo& info, Fit& fit) {
  info.log_density.push_back(row[0]);
  info.accept.push_back(row[1]);
  info.step_size = row[2];
  info.tree_depth.push_back(static_cast<int>(row[3]));
  info.leapfrog_steps.push_back(static_cast<int>(row[4]));
  info.divergent.push_back(static_cast<int>(row[5]));
  info.energy.push_back(row[6]);
  PopulationDraw draw = empty_draw(fit.model);
  for (std::size_t c = 0; c < columns.size(); ++c) columns[c].write(draw, row[diagnostics + c]);
  fit.draws.push_back(std::move(draw));
}

}  // namespace

std::string chain_csv(const Fit& fit, std::size_t chain) {
  const ChainInfo& info = fit.chain_info[chain];
  const std::vector<Column> columns = columns_of(fit.model);
  std::string text = fmt::format("# model = {} + {}\n# algorithm = {}\n# id = {}\n{}", fit.pk_class,
                                 fit.pd_class, fit.sampler, chain + 1, diagnostic_columns);
  for (const Column& column : columns) text += ',' + column.name;
  text += fmt::format("\n# Adaptation terminated\n# Step size = {}\n", info.step_size);
  for (std::size_t k = 0; k < fit.draws_per_chain; ++k) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{}", info.log_density[k], info.accept[k],
                   info.step_size, info.tree_depth[k], info.leapfrog_steps[k], info.divergent[k],
                   info.energy[k]);
    const PopulationDraw& draw = fit.draws[chain * fit.draws_per_chain + k];
    for (const Column& column : columns) fmt::format_to(std::back_inserter(text), ",{}", column.read(draw));
    text += '\n';
  }
  return text;
}

Result<Done> read_chain_csv(const std::string& text, const std::string& name, Fit& fit) {
  const std::vector<Column> columns = columns_of(fit.model);
  std::string header = diagnostic_columns;
  for (const Column& column : columns) header += ',' + column.name;
  std::istringstream stream(text);
  bool header_seen = false;
  ChainInfo info;
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (!header_seen) {
      if (line != header) return fault_at(name, number, 1, "the columns are not those of this model");
      header_seen = true;
      continue;
    }
    const auto [row, wrong] = numbers_of(line);
    if (wrong > 0) return fault_at(name, number, wrong, "not a number");
    if (row.size() != diagnostics + columns.size())
      return fault_at(name, number, row.size() + 1, "a row of other length");
    add_row(columns, row, info, fit);
  }
  if (!header_seen) return fault_at(name, number, 1, "no header");
  fit.chain_info.push_back(std::move(info));
  return Done{};
}

std::vector<std::vector<std::vector<double>>> traces_of(const Fit& fit) {
  const std::vector<Column> columns = columns_of(fit.model);
  const auto column_of = [&](const std::string& name) -> const Column* {
    for (const Column& column : columns)
      if (column.name == name) return &column;
    return nullptr;
  };
  const auto value_of = [&](const std::string& name, const PopulationDraw& draw) {
    if (const Column* column = column_of(name)) return column->read(draw);
    const Column *baseline = column_of("R0"), *loss = column_of("kout");
    return name == "kin" && baseline && loss ? baseline->read(draw) * loss->read(draw) : std::nan("");
  };
  std::vector<std::vector<std::vector<double>>> traces;
  for (const std::string& name : fit.trace_names) {
    traces.emplace_back(fit.chains);
    for (std::size_t k = 0; k < fit.draws.size(); ++k)
      traces.back()[k / fit.draws_per_chain].push_back(value_of(name, fit.draws[k]));
  }
  return traces;
}

}  // namespace qdose
