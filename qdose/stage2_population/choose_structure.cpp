#include "qdose/stage2_population/choose_structure.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

double probability(double log_odds) { return 1.0 / (1.0 + std::exp(-log_odds)); }

double log_odds(const VariabilityProfile& profile) {
  return profile.log_evidence - profile.log_evidence_none;
}

/// Log odds for an effect: prior against posterior density at zero.
double log_odds(const Normal& prior, double mean, double variance) {
  const double at_prior = -0.5 * prior.mean * prior.mean / (prior.sd * prior.sd) - std::log(prior.sd);
  const double at_posterior = -0.5 * mean * mean / variance - 0.5 * std::log(variance);
  return at_prior - at_posterior;
}

class Search {
 public:
  explicit Search(const Pilot& pilot) : local_(pilot.local), model_(pilot.problem->structure.model) {
    choice_.inclusion = pilot.inclusion;
    for (std::size_t p = 0; p < model_.parameters.size(); ++p)
      if (pilot.inclusion.omega[p] > 0) varying_.push_back(p);
    choice_.variabilities.resize(varying_.size());
    choice_.effects.resize(model_.effects.size());
  }

  StructureChoice run(double drop_below) {
    for (int round = 0; round < 2; ++round) {  // twice: what goes of one kind changes the case for the other
      look_at_variabilities();
      while (drop_variability(drop_below)) look_at_variabilities();
      look_at_effects();
      while (drop_effect(drop_below)) look_at_effects();
    }
    return choice_;
  }

 private:
  void look_at_variabilities() {
    for (std::size_t v = 0; v < varying_.size(); ++v) {
      VariabilityChoice& own = choice_.variabilities[v];
      const std::size_t p = varying_[v];
      if (!own.kept) continue;
      const VariabilityProfile profile = profile_variability(local_, choice_.inclusion, p);
      own = {model_.parameters[p].name, probability(log_odds(profile)), profile.omega, profile.upper, true};
      choice_.inclusion.omega[p] = profile.omega;
    }
  }

  bool drop_variability(double drop_below) {
    VariabilityChoice* weakest = nullptr;
    std::size_t kept = 0, parameter = 0;
    for (std::size_t v = 0; v < varying_.size(); ++v) {
      VariabilityChoice& own = choice_.variabilities[v];
      if (!own.kept) continue;
      ++kept;
      if (weakest != nullptr && own.probability >= weakest->probability) continue;
      weakest = &own;
      parameter = varying_[v];
    }
    if (kept < 2 || !(weakest->probability < drop_below)) return false;
    weakest->kept = false;
    choice_.inclusion.omega[parameter] = 0;
    return true;
  }

  void look_at_effects() {
    const LocalPopulation::Head head = local_.head(choice_.inclusion);
    for (std::size_t e = 0; e < model_.effects.size(); ++e) {
      EffectChoice& own = choice_.effects[e];
      if (!own.kept) continue;
      const auto i = static_cast<Eigen::Index>(model_.parameters.size() + e);
      const double variance = head.covariance(i, i);
      own = {model_.effects[e].name,
             probability(log_odds(local_.structure().priors.beta[e], head.mean[i], variance)), head.mean[i],
             std::sqrt(variance), true};
    }
  }

  bool drop_effect(double drop_below) {
    const auto weakest = std::min_element(
        choice_.effects.begin(), choice_.effects.end(), [](const EffectChoice& a, const EffectChoice& b) {
          return (a.kept ? a.probability : 2.0) < (b.kept ? b.probability : 2.0);
        });
    if (weakest == choice_.effects.end() || !weakest->kept || !(weakest->probability < drop_below))
      return false;
    weakest->kept = false;
    choice_.inclusion.effects[static_cast<std::size_t>(weakest - choice_.effects.begin())] = false;
    return true;
  }

  const LocalPopulation& local_;
  const PopulationModel& model_;
  std::vector<std::size_t> varying_;
  StructureChoice choice_;
};

}  // namespace

StructureChoice choose_structure(const Pilot& pilot, double drop_below) {
  return Search(pilot).run(drop_below);
}

StructureChoice keep_all(const Pilot& pilot) { return Search(pilot).run(0.0); }

Inclusion inclusion_of(const PopulationStructure& structure, const PopulationModel& model) {
  Inclusion inclusion;
  for (const PopulationParameter& p : model.parameters) inclusion.omega.push_back(p.varies ? 1.0 : 0.0);
  for (const CovariateEffect& effect : structure.model.effects)
    inclusion.effects.push_back(std::any_of(model.effects.begin(), model.effects.end(),
                                            [&](const CovariateEffect& e) { return e.name == effect.name; }));
  return inclusion;
}

PopulationStructure reduced(const PopulationStructure& structure, const Inclusion& inclusion) {
  PopulationStructure result = structure;
  for (std::size_t p = 0; p < result.model.parameters.size(); ++p)
    result.model.parameters[p].varies = result.model.parameters[p].varies && inclusion.omega[p] > 0;
  result.model.effects.clear();
  result.priors.beta.clear();
  for (std::size_t e = 0; e < structure.model.effects.size(); ++e) {
    if (!inclusion.effects[e]) continue;
    result.model.effects.push_back(structure.model.effects[e]);
    result.priors.beta.push_back(structure.priors.beta[e]);
  }
  return result;
}

}  // namespace qdose
