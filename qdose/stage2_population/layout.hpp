// Where each sampled quantity of a population lies in the sampler's vector.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/stage2_population/density.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

inline constexpr std::ptrdiff_t absent = -1;

/// Positions in the sampled vector: first the population (the head of the arrow), then one block a subject.
struct Layout {
  std::vector<std::ptrdiff_t> typical;    ///< by parameter; absent when it is fixed
  std::vector<std::size_t> beta;          ///< by effect
  std::vector<std::ptrdiff_t> log_omega;  ///< by parameter; absent where it does not vary
  /// By effect_pairs(model), next to each other: unconstrained numbers as of correlation_root().
  std::vector<std::size_t> correlation;
  std::ptrdiff_t log_pk_proportional = absent, log_pk_additive = absent;
  std::ptrdiff_t log_pd_proportional = absent, log_pd_additive = absent;
  std::size_t head = 0, dimension = 0;
  /// [subject of the trial][parameter]: the individual parameter, absent where the subject's data do not
  /// depend on it. Absent ones are integrated out exactly: they are left out of the density.
  std::vector<std::vector<std::ptrdiff_t>> individual;
  std::vector<std::size_t> blocks;  ///< sizes, by subject, in the order of the vector; without empty ones

  ArrowStructure arrow() const { return {head, blocks}; }
};

/// `touches[subject][parameter]` says which parameters a subject's data depend on.
Layout make_layout(const PopulationStructure& structure, const std::vector<std::vector<bool>>& touches,
                   bool has_pk, bool has_pd);

/// A name for every coordinate in its reported form, such as log_CL, BW_on_CL, log_omega_CL, log_CL[17]
/// (subject 17).
std::vector<std::string> coordinate_names(const Layout& layout, const PopulationModel& model,
                                          const Trial& trial);

}  // namespace qdose
