// Virtual trials with the design of a real one: the same doses at the same times, values simulated.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// A class with parameters for eight subjects: [parameters of the class], natural scale.
struct ClassParameters {
  const ModelInfo* model = nullptr;
  std::vector<Lanes> values;
};

/// Proportional and additive residual standard deviations: y (1 + proportional z1) + additive z2, at least 0.
struct ResidualError {
  double proportional = 0, additive = 0;
};

/// Up to eight subjects of the design and the plan by which they are simulated.
struct SubjectBlock {
  std::vector<std::size_t> subjects;  ///< index in the design's trial
  BatchPlan plan;
  BatchPlan own;  ///< panels at each subject's own lag or duration; without subjects where there is no PD

  /// The plan by which a PK class drives the biomarker exactly.
  const BatchPlan& plan_for(const ModelInfo& pk) const {
    return own.subjects > 0 && has_own_times(pk) ? own : plan;
  }
};

/// Lays a block's plans for these schedules (at most eight): `plan`, and with PD `own`.
void lay_plans(std::span<const Schedule> schedules, const Resolution& resolution, bool with_pd,
               SubjectBlock& block);

/// Noise-free values of a block, [observation] by lane; empty PD when no PD class was given.
struct BlockValues {
  std::vector<Lanes> pk, pd;
};

/// Memory reused from block to block.
struct SimulationScratch {
  Workspace workspace;
  std::vector<Lanes> concentration;
};

/// The design's subjects in blocks of eight, in several arrangements, so that any number of them can be
/// drawn.
class DesignBlocks {
 public:
  /// Every arrangement is a shuffle by (seed, Purpose::split); arrangement 0 keeps the trial's order.
  DesignBlocks(const Trial& design, bool with_pd, std::size_t arrangements, std::uint64_t seed);
  std::size_t arrangements() const { return blocks_.size(); }
  std::span<const SubjectBlock> arrangement(std::size_t index) const { return blocks_[index]; }

 private:
  std::vector<std::vector<SubjectBlock>> blocks_;
};

/// Simulates one block. False when some value is not finite.
bool simulate_block(const SubjectBlock& block, const ClassParameters& pk, const ClassParameters* pd,
                    SimulationScratch& scratch, BlockValues& values);

/// Writes a lane's values with residual error into observations of the same times.
void write_observations(const std::vector<Lanes>& values, std::size_t lane, const ResidualError& error,
                        Stream& stream, std::vector<Observation>& observations);

}  // namespace qdose
