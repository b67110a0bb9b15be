#include "app/model_average.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/select_stage.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage2_population/fit_population.hpp"

namespace qdose {
namespace {

constexpr double least_weight = 0.05;
constexpr std::size_t most_pairs = 4;

/// Probabilities of the classes that compete with the fitted one: only that one when the user named it.
std::vector<std::pair<std::string, double>> candidates(const ClassPosterior& role,
                                                       const std::string& fitted) {
  std::vector<std::pair<std::string, double>> list;
  if (role.selected_by != "user")
    for (const ClassFit& fit : role.likelihood) {
      const auto same = same_equations(fit.model);
      const bool counted = std::ranges::any_of(
          list, [&](const auto& other) { return std::ranges::count(same, other.first) > 0; });
      if (fit.converged && !counted) list.emplace_back(fit.model, fit.probability);
    }
  const auto as_fitted = same_equations(fitted);
  for (auto& [model, probability] : list)
    if (std::ranges::count(as_fitted, model)) model = fitted;
  if (std::ranges::find(list, fitted, [](const auto& c) { return c.first; }) == list.end())
    list.emplace_back(fitted, list.empty() ? 1.0 : 0.0);
  return list;
}

}  // namespace

std::vector<SupportedPair> supported_pairs(const Selection& selection, const Fit& fitted) {
  std::vector<SupportedPair> pairs;
  double total = 0;
  for (const auto& [pk, p] : candidates(selection.pk, fitted.pk_class))
    for (const auto& [pd, q] : candidates(selection.pd, fitted.pd_class)) {
      pairs.push_back({pk, pd, p * q});
      total += p * q;
    }
  const auto is_fitted = [&](const SupportedPair& pair) {
    return pair.pk == fitted.pk_class && pair.pd == fitted.pd_class;
  };
  std::erase_if(pairs, [&](const SupportedPair& pair) {
    return !is_fitted(pair) && !(pair.weight >= least_weight * total);
  });
  std::ranges::stable_sort(pairs, std::greater<>(),
                           [&](const SupportedPair& pair) { return is_fitted(pair) ? 2.0 : pair.weight; });
  if (pairs.size() > most_pairs) pairs.resize(most_pairs);
  double kept = 0;
  for (const SupportedPair& pair : pairs) kept += pair.weight;
  for (SupportedPair& pair : pairs) pair.weight = kept > 0 ? pair.weight / kept : 1;
  std::erase_if(pairs, [](const SupportedPair& pair) { return !(pair.weight > 0); });
  return pairs;
}

std::vector<Fit> alternative_fits(const Trial& trial, const Selection& selection, const Fit& fitted,
                                  const std::vector<SupportedPair>& pairs, const Context& context,
                                  std::vector<std::string>& notes) {
  std::vector<Fit> fits;
  for (const SupportedPair& pair : pairs) {
    if (pair.pk == fitted.pk_class && pair.pd == fitted.pd_class) continue;
    const auto folder = context.file("alternatives") / (pair.pk + "+" + pair.pd);
    Result<Fit> fit = load_fit(folder.string());
    if (!fit || fit->trial != fitted.trial) {
      context.note(fmt::format("the trial supports {} + {} as well ({:.2f}): fitting it for the average",
                               pair.pk, pair.pd, pair.weight));
      FitSettings settings;
      settings.seed = context.seed(), settings.threads = context.threads();
      Selection other = selection;
      other.pk.model = pair.pk, other.pd.model = pair.pd;
      fit = fit_population(trial, pair.pk, pair.pd, settings, starting_scales(trial, other, context.seed()),
                           context.progress());
      if (fit) {
        fit->trial = fitted.trial;  // its own name for the trial, by which it is found again
        if (const auto saved = save(*fit, folder.string()); !saved) fit = saved.errors();
      }
    }
    if (fit)
      fits.push_back(std::move(*fit));
    else
      notes.push_back(fmt::format("{} + {} (weight {:.2f}) is left out of the average: {}", pair.pk, pair.pd,
                                  pair.weight, fit.errors().front().message));
  }
  return fits;
}

}  // namespace qdose
