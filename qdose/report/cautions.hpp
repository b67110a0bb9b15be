// What a careful reader would object to, found in the results themselves and said before the answer is used.
#pragma once
#include <string>
#include <vector>

#include "qdose/report/report.hpp"

namespace qdose {

enum class Weight { note, warning };  ///< a warning may change the answer

struct Caution {
  Weight weight = Weight::note;
  std::string about;  ///< id of the section that shows it
  std::string text;   ///< plain text
};

/// Thresholds of the checks below, with their sources.
struct CautionLimits {
  double r_hat = 1.01;       ///< Vehtari et al. 2021
  double ess = 400;          ///< Vehtari et al. 2021, four chains
  double e_bfmi = 0.3;       ///< Betancourt 2016
  double pareto_k = 0.7;     ///< Vehtari, Gelman, Gabry 2017
  double probability = 0.5;  ///< of the trial-level class
};

/// "(Stage 2)": a link to the section that a caution is about.
std::string link_to(const Caution& caution);

/// Warnings first, then notes; empty when nothing is to be said.
std::vector<Caution> cautions(const RunResults& results, const CautionLimits& limits = {});

}  // namespace qdose
