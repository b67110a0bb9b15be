#include "qdose/stage2_population/fit_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/results/dose_trend.hpp"
#include "qdose/results/prior_and_posterior.hpp"
#include "qdose/stage2_population/sampler_notes.hpp"

namespace qdose {
namespace {

void join(std::string& list, const std::string& item) { list += (list.empty() ? "" : ", ") + item; }

/// What was considered and left out, with how far it could matter.
void note_choice(Fit& fit) {
  std::string variabilities, effects;
  for (const VariabilityChoice& v : fit.variabilities)
    if (!v.kept)
      join(variabilities,
           fmt::format("{} (probability {:.2f}, omega below {:.2g})", v.parameter, v.probability, v.upper));
  for (const EffectChoice& e : fit.effects)
    if (!e.kept)
      join(effects,
           fmt::format("{} (probability {:.2f}, {:.2f} +- {:.2f})", e.name, e.probability, e.mean, e.sd));
  if (!variabilities.empty())
    fit.notes.push_back("the data speak against variability between subjects of " + variabilities +
                        "; it is left out");
  if (!effects.empty())
    fit.notes.push_back("the data speak against covariate effects " + effects + "; they are left out");
}

/// Variabilities that the data hold near zero, and effects whose interval excludes it: what the data support.
void note_support(Fit& fit) {
  constexpr double small_omega = 0.1;
  std::string weak, effects;
  for (const ParameterSummary& p : fit.parameters)
    if (p.name.starts_with("omega_") && p.q95 < 2 * small_omega && p.q50 < small_omega)
      join(weak, p.name.substr(6));
  for (const CovariateEffect& effect : fit.model.effects)
    for (const ParameterSummary& p : fit.parameters)
      if (p.name == effect.name && (p.q2_5 > 0 || p.q97_5 < 0)) join(effects, p.name);
  if (!weak.empty()) fit.notes.push_back("little variability between subjects: " + weak);
  if (!effects.empty()) fit.notes.push_back("covariate effects whose 95% interval excludes zero: " + effects);
}

/// What the data hardly say anything of, and where they contradict what was thought before.
void note_prior_led(Fit& fit) {
  std::string led, far;
  for (std::size_t q = 0; q < fit.parameters.size(); ++q) {
    const auto update = update_of(fit.parameters[q], fit.traces[q]);
    if (!update) continue;
    if (update->led_by_prior()) join(led, fit.parameters[q].name);
    if (update->surprising()) join(far, fit.parameters[q].name);
  }
  if (!led.empty()) fit.notes.push_back("mostly what the prior says, since the data say little: " + led);
  if (!far.empty()) fit.notes.push_back("far from where the prior expected it (by over 3 of its sd): " + far);
}

/// Absorption and distribution can trade places: with ka and the faster rate of distribution exchanged, and
/// the central volume changed in their ratio, concentrations after oral doses stay as they are.
void note_exchange(Fit& fit) {
  const auto find = [&](const char* name) {
    return std::ranges::find(fit.parameters, name, &ParameterSummary::name);
  };
  const auto ka = find("ka");
  if (ka == fit.parameters.end() || find("Q") == fit.parameters.end() || ka->r_hat <= 1.01) return;
  fit.notes.push_back(
      "ka and the volumes have two solutions (the rates of absorption and of distribution exchanged) with "
      "the "
      "same concentrations, and these chains have not yet been at both often enough: look at whether they "
      "agree "
      "about the doses, not at single volumes");
}

}  // namespace

void add_notes(const std::vector<double>& searches, int restarted, int max_depth, Fit& fit) {
  for (const PopulationParameter& p : fit.model.parameters)
    if (p.fixed) fit.notes.push_back(fmt::format("{} is held at {}", p.name, p.value));
  note_choice(fit);
  constexpr double far_apart = 10;
  const auto [low, high] = std::minmax_element(searches.begin(), searches.end());
  if (*high - *low > far_apart)
    fit.notes.push_back(fmt::format(
        "{} of {} searches ended in a mode more than 10 lower in log density (lowest: {:.0f})",
        std::count_if(searches.begin(), searches.end(), [&](double x) { return x < *high - far_apart; }),
        searches.size(), *high - *low));
  if (restarted > 0)
    fit.notes.push_back(
        fmt::format("{} times a chain was moved out of a mode without mass during warm-up", restarted));
  note_support(fit);
  for (std::string& trend : telling_dose_trends(fit)) fit.notes.push_back(std::move(trend));
  note_prior_led(fit);
  add_sampler_notes(max_depth, fit);
  note_exchange(fit);
  if (fit.loo.worst_k > 0.7)
    fit.notes.push_back(
        fmt::format("cross-validation rests on few draws for some values (k up to {:.2f})", fit.loo.worst_k));
}

}  // namespace qdose
