// Made-up virtual subjects for the dose explorer: lognormal needed doses that rise with body weight.
#pragma once
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/results/virtual_subjects.hpp"

namespace qdose::testing {

/// The needed once-daily dose of a person: `z` is its own deviation, `draw` that of its replicate.
inline double synthetic_needed_dose(double z, double draw, double weight, double level, double threshold) {
  return 1.9 * std::exp(0.4 * z + 0.1 * draw) * std::pow(weight / 72, 0.75) * (1 + 0.3 * (1 - level)) * 3.3 /
         threshold;
}

inline VirtualSubjects synthetic_subjects() {
  VirtualSubjects s;
  s.source = "posterior", s.direction = "below", s.thresholds = {2.5, 3.3, 4.1};
  s.regimens = {{"daily", "once daily", 24, 0.5, 30}, {"weekly", "once weekly", 168, 5, 300}};
  s.spread_covariate = "BW", s.spread_low = 50, s.spread_high = 140;
  s.level_covariate = "COMED", s.levels = {0, 1};
  s.scenarios = {{"A", "population like the trial's", 0.9, false, 0, 0, {}},
                 {"B", "body weight 70 to 140 kg", 0.9, true, 70, 140, {}},
                 {"C", "no co-medication", 0.9, false, 0, 0, 0},
                 {"D", "population like the trial's", 0.75, false, 0, 0, {}},
                 {"heavy", "heavier people, half with co-medication", 0.8, false, 0, 0, {}, 4.1, 0}};
  s.replicates = 100, s.persons = 16;
  s.natural.resize(s.people()), s.spread.resize(s.people()), s.natural_level.resize(s.people());
  s.own = 1, s.own_values.resize(s.people()), s.own_level.resize(s.people());
  s.doses.resize(s.offset(s.variants() + s.own, 0, 0));
  for (std::size_t i = 0; i < s.people(); ++i) {
    Stream person(5, Purpose::property_test, i), replicate(6, Purpose::property_test, i / s.persons);
    s.natural[i] = person.uniform(50, 100), s.spread[i] = person.uniform(50, 140);
    s.natural_level[i] = person.uniform() < 0.4;
    const double z = person.normal(), draw = replicate.normal();
    s.own_values[i] = person.uniform(90, 140), s.own_level[i] = person.uniform() < 0.5;
    for (std::size_t v = 0; v < s.variants() + s.own; ++v)
      for (std::size_t r = 0; r < s.regimens.size(); ++r)
        for (std::size_t t = 0; t < s.thresholds.size(); ++t) {
          const bool own = v == s.variants();
          const double weight = own ? s.own_values[i] : v / 2 ? s.spread[i] : s.natural[i];
          const double level = s.levels[own ? s.own_level[i] : v % 2];
          const double dose = synthetic_needed_dose(z, draw, weight, level, s.thresholds[t]) * (r ? 9 : 1);
          NeededDose needed{dose < 0.4, {}};  // a few need no drug, a few cannot be kept
          if (!needed.at_zero && dose < 0.9 * s.regimens[r].largest_mg) needed.change = dose;
          s.doses[s.offset(v, r, t) + i] = packed(needed, s.regimens[r].largest_mg);
        }
  }
  return s;
}

}  // namespace qdose::testing
