// What the networks see of a trial: one token an observation, free of units. Training and use share this
// code, so that a virtual trial and the real one are described alike.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/models/definition.hpp"

namespace qdose {

/// Tokens of some subjects of one trial (or of several trials, one after the other).
/// `values` is [subjects][tokens][features]; subject s uses the first count[s] tokens, the rest is padding.
/// `time` is [subjects][tokens]: time since the first dose over the design's longest, in [0, 1].
struct TokenSet {
  std::size_t subjects = 0, tokens = 0, features = 0;
  std::vector<float> values, time;
  std::vector<std::size_t> count;
  /// What the class must not depend on but the parameters do: see level_count().
  std::vector<double> levels;
};

/// Scales that follow from the design alone, the same for every virtual trial of it.
struct DesignScale {
  double time = 1;     ///< h; geometric mean of the times after the last dose at the role's observations
  double longest = 1;  ///< h; longest time since the first dose
  double dose = 1;     ///< mg; geometric mean over treated subjects of their mean dose
};

DesignScale design_scale(const Trial& trial, Role role);

/// Numbers a token of this role has.
std::size_t feature_count(Role role);

/// Numbers in TokenSet::levels. PK: the median of ln(concentration / last dose). PD: ln of the typical
/// baseline, the median of ln(concentration), ln of the effect's size.
std::size_t level_count(Role role);

/// Largest number of observations of this role in one subject (at most max_tokens).
std::size_t token_count(const Trial& trial, Role role);

/// A subject with more observations is thinned evenly to this many.
inline constexpr std::size_t max_tokens = 96;

/// Tokens of the subjects: levels are taken from these subjects themselves, so a factor on all
/// concentrations, doses, times or responses changes nothing but `levels` (PK: times and doses not even
/// these). Values at or below zero count as "not measurable". `tokens` is the padded length, at least the
/// largest observation count.
TokenSet make_tokens(std::span<const Subject> subjects, Role role, Route route, const DesignScale& scale,
                     std::size_t tokens);

/// Adds the subjects of one trial to those of others; both have the same padded length.
void append(const TokenSet& one, TokenSet& all);

}  // namespace qdose
