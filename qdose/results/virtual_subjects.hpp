// Virtual subjects with the dose that each of them needs: whoever has them can ask for a population of their
// own and count, without solving anything again.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// At which doses one subject attains the endpoint: from `change` on, or up to it when attained without drug.
struct NeededDose {
  bool at_zero = false;
  std::optional<double> change;  ///< mg; nothing: never changes up to the largest dose searched
};

/// A needed dose in 16 bits: the highest says whether it is attained without drug, the others hold the change
/// on a logarithmic scale from `largest` / 4096 (relative error below 2e-4 down to largest / 1024); 32767: no
/// change.
std::uint16_t packed(const NeededDose& needed, double largest);
NeededDose unpacked(std::uint16_t code, double largest);

struct VirtualRegimen {
  std::string name, words;  ///< "daily", "once daily"
  double interval_h = 0, grid_mg = 0, largest_mg = 0;
};

/// A scenario of the dose search as a choice among these subjects.
struct VirtualScenario {
  std::string name, description;
  double target = 0;
  bool is_spread = false;    ///< the spread covariate evenly on [low, high], not as in the trial
  double low = 0, high = 0;  ///< when spread
  std::optional<int> level;  ///< everybody's position in `levels`; nothing: as in the trial
  double threshold = 0;      ///< one of `thresholds`; 0: that of the search
  std::optional<int> own =
      {};  ///< position of a population of its own; nothing: the variants above describe it
};

/// Everybody exists in every variant (people as in the trial or with one covariate spread evenly over a wide
/// range, times every level of one categorical covariate) with the same random effects, and once more in each
/// population that a scenario of the user's has to itself because the variants cannot describe it.
struct VirtualSubjects {
  std::string source, direction;
  std::vector<double> thresholds;  ///< ascending; one of them is that of the search
  std::vector<VirtualRegimen> regimens;
  std::string spread_covariate;  ///< continuous; empty when there is none
  double spread_low = 0, spread_high = 0;
  std::string level_covariate;  ///< categorical; empty when there is none
  std::vector<double> levels;
  std::vector<VirtualScenario> scenarios;
  std::size_t replicates = 0, persons = 0;  ///< persons of each replicate; a replicate is one posterior draw
  std::vector<double> natural, spread;      ///< the spread covariate by person: as in the trial, and evenly
  std::vector<std::uint8_t> natural_level;  ///< by person: position in `levels`, as in the trial
  std::size_t own = 0;                      ///< populations of their own
  std::vector<double> own_values;           ///< the spread covariate by own population and person
  std::vector<std::uint8_t> own_level;      ///< position in `levels`, likewise
  std::vector<std::uint16_t> doses;         ///< packed, by variant, regimen, threshold, person

  std::size_t people() const { return replicates * persons; }
  std::size_t level_count() const { return levels.empty() ? 1 : levels.size(); }
  std::size_t variants() const { return (spread_covariate.empty() ? 1 : 2) * level_count(); }
  /// Where the people of a variant begin in `doses`; variant = spread * level_count() + level, and variants()
  /// + k for the own population k.
  std::size_t offset(std::size_t variant, std::size_t regimen, std::size_t threshold) const {
    return ((variant * regimens.size() + regimen) * thresholds.size() + threshold) * people();
  }
  bool empty() const { return doses.empty(); }
};

/// Share of the people of a scenario who attain the endpoint at a dose, mean over replicates.
double attainment(const VirtualSubjects& subjects, const VirtualScenario& scenario, std::size_t regimen,
                  std::size_t threshold, double dose);

/// virtual_subjects.json. Loading fails with Fault::file when it cannot be read and Fault::bad_input when it
/// is none.
Result<Done> save(const VirtualSubjects& subjects, const std::string& path);
Result<VirtualSubjects> load_virtual_subjects(const std::string& path);

/// The JSON of the file: numbers as base64 of little-endian 16 bits; the page embeds the same.
std::string to_json(const VirtualSubjects& subjects);

}  // namespace qdose
