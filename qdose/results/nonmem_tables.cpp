#include "qdose/results/nonmem_tables.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "qdose/base/files.hpp"
#include "qdose/results/random_effects.hpp"

namespace qdose {
namespace {

std::string text_of(const std::vector<std::string>& names, const std::vector<std::vector<double>>& rows) {
  std::string text = "TABLE NO.  1\n";
  for (const std::string& name : names) text += fmt::format(" {:<11}", name);
  text += '\n';
  for (const auto& row : rows) {
    for (const double value : row)
      text += fmt::format(" {:>11}", fmt::format("{:.4E}", std::isfinite(value) ? value : 0.0));
    text += '\n';
  }
  return text;
}

/// Numbers for the subjects: their own where all are numbers, else positions.
std::map<std::string, double> numbers_of(const Fit& fit) {
  std::map<std::string, double> numbers;
  bool all_numeric = true;
  for (std::size_t i = 0; i < fit.individuals.size(); ++i) {
    const std::string& id = fit.individuals[i].id;
    double value = 0;
    const auto [end, fault] = std::from_chars(id.data(), id.data() + id.size(), value);
    all_numeric = all_numeric && fault == std::errc() && end == id.data() + id.size();
    numbers[id] = value;
  }
  if (!all_numeric)
    for (std::size_t i = 0; i < fit.individuals.size(); ++i)
      numbers[fit.individuals[i].id] = static_cast<double>(i + 1);
  return numbers;
}

void add_rows(const std::vector<IndividualFit>& fits, double dvid, double proportional, double additive,
              const std::map<std::string, double>& numbers, std::vector<std::vector<double>>& rows) {
  for (const IndividualFit& fit : fits) {
    const auto number = numbers.find(fit.id);
    const std::vector<double> weighted = weighted_residuals(fit, proportional, additive);
    for (std::size_t i = 0; i < fit.time.size(); ++i)
      rows.push_back({number == numbers.end() ? 0 : number->second, fit.time[i], dvid, fit.observed[i],
                      fit.population[i], fit.individual[i], fit.observed[i] - fit.individual[i],
                      weighted[i]});
  }
}

std::string individual_table(const Fit& fit, const std::map<std::string, double>& numbers) {
  const std::vector<RandomEffect> effects = random_effects(fit);
  std::vector<std::string> names{"ID"};
  for (const PopulationParameter& p : fit.model.parameters) names.push_back(p.name);
  for (const RandomEffect& effect : effects) names.push_back("ETA_" + effect.parameter);
  std::vector<std::vector<double>> rows;
  for (std::size_t i = 0; i < fit.individuals.size(); ++i) {
    const IndividualEstimate& subject = fit.individuals[i];
    std::vector<double> row{numbers.at(subject.id)};
    for (std::size_t j = 0; j < fit.model.parameters.size(); ++j) {
      const PopulationParameter& p = fit.model.parameters[j];
      row.push_back(p.fixed ? p.value : j < subject.mean.size() ? to_natural(p.scale, subject.mean[j]) : NAN);
    }
    for (const RandomEffect& effect : effects) row.push_back(effect.eta[i]);
    rows.push_back(std::move(row));
  }
  return text_of(names, rows);
}

std::string covariate_table(const Fit& fit, const std::map<std::string, double>& numbers) {
  std::vector<std::string> names{"ID"};
  for (const PopulationCovariate& covariate : fit.model.covariates) names.push_back(covariate.name);
  std::vector<std::vector<double>> rows;
  for (const IndividualEstimate& subject : fit.individuals) {
    std::vector<double> row{numbers.at(subject.id)};
    row.insert(row.end(), subject.covariates.begin(), subject.covariates.end());
    row.resize(names.size(), NAN);
    rows.push_back(std::move(row));
  }
  return text_of(names, rows);
}

}  // namespace

Result<Done> write_nonmem_tables(const Fit& fit, const std::string& directory) {
  const std::map<std::string, double> numbers = numbers_of(fit);
  const PopulationDraw mean = mean_draw(fit);
  std::vector<std::vector<double>> rows;
  add_rows(fit.pk_fits, 1, mean.pk_proportional, mean.pk_additive, numbers, rows);
  add_rows(fit.pd_fits, 2, mean.pd_proportional, mean.pd_additive, numbers, rows);
  const std::string observations =
      text_of({"ID", "TIME", "DVID", "DV", "PRED", "IPRED", "IRES", "IWRES"}, rows);
  for (const auto& [name, text] : {std::pair{"sdtab", observations},
                                   {"patab", individual_table(fit, numbers)},
                                   {"cotab", covariate_table(fit, numbers)}})
    if (const auto written = write_file(directory + "/" + name, text); !written) return written;
  return Done{};
}

}  // namespace qdose
