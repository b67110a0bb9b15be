// Trajectories of the report's design under any prior: the grids, doses and classes are the report's, what
// the prior decides are amounts, parameters and errors.
#pragma once
#include <memory>

#include "qdose/simulate/trajectories.hpp"

namespace qdose {

/// Residual errors of the three kinds of value, as in with_error.
struct GridErrors {
  Batch pk_proportional, pk_additive;        ///< concentration, PK trajectories
  Batch input_proportional, input_additive;  ///< concentration, PD trajectories
  Batch pd_proportional, pd_additive;        ///< biomarker
};

/// What a prior draws for up to eight items of one class; a draw depends on the item's address alone.
class GridPrior {
 public:
  virtual ~GridPrior() = default;
  /// The amount of each item's doses.
  virtual Batch amounts(const ItemAddress& address, std::uint64_t first_item,
                        std::span<const std::size_t> items, LaneStream& stream) const = 0;
  /// Parameters on the natural scale.
  virtual void draw(const ItemAddress& address, std::uint64_t first_item, std::span<const std::size_t> items,
                    const ModelInfo& model, Lanes* parameters) const = 0;
  virtual GridErrors errors(const ItemAddress& address, std::uint64_t first_item,
                            std::span<const std::size_t> items) const = 0;
  /// False: the report's simulator, which drops a dose at t = 0 except in classes with a lag or an infusion.
  virtual bool dose_at_zero() const { return true; }
};

std::unique_ptr<TrajectorySource> make_grid_trajectories(const ItemAddress& address,
                                                         std::unique_ptr<GridPrior> prior);

}  // namespace qdose
