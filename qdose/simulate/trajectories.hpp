// Labelled trajectories for training: many items of random classes, eight of a class at a time, into plain
// arrays.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/num/lane_stream.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

std::span<const ModelInfo> role_models(Role role);

/// Position in the role's list of the class with this label.
std::size_t class_of_label(Role role, int label);

/// One column for every parameter symbol of a role, shared by the classes that have it, in the order of the
/// table.
struct ParameterColumns {
  std::vector<std::string> symbols;
  std::vector<std::vector<std::size_t>> of_class;  ///< [classes][parameters of the class]

  static const ParameterColumns& of(Role role);
};

/// Trajectories item by item. Channels: PK - dose given at that time, concentration; PD - concentration (of a
/// PK class drawn beside), biomarker.
struct TrajectoryBlock {
  std::size_t count = 0, times = 0, columns = 0;
  std::vector<float> values;            ///< [count][2][times], with residual error, never negative
  std::vector<float> exact;             ///< [count][times] second channel without error
  std::vector<std::int16_t> label;      ///< [count] label of the class
  std::vector<float> parameters, mask;  ///< [count][columns], natural scale, 0 where mask is 0

  void resize(std::size_t items, std::size_t points, std::size_t symbols);
  /// Stores eight lanes, of which the first `items.size()` count.
  void put(std::span<const std::size_t> items, const Lanes* first, const Lanes* second,
           const Lanes* error_free);
  void put_parameters(std::span<const std::size_t> items, const ModelInfo& model, const Lanes* parameters);
};

/// A way to make trajectories; safe to use from several threads at once.
class TrajectorySource {
 public:
  virtual ~TrajectorySource() = default;
  virtual Role role() const = 0;
  /// Ascending, h.
  virtual std::span<const double> times() const = 0;
  /// Trajectories first_item ... first_item + count - 1: the same numbers however they are batched. One whose
  /// arithmetic failed has values that are not finite.
  virtual void make(std::uint64_t first_item, std::size_t count, TrajectoryBlock& block) const = 0;
};

/// What the numbers of an item are drawn for: sub-items of its address; appended to, never reordered.
enum class Draw : std::uint32_t { classes = 101, doses, pk_parameters, pd_parameters, errors, scales };

/// The address of an item's numbers. Trajectories of the two roles share none.
struct ItemAddress {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::training;
  Role role = Role::pk;

  Stream stream(std::uint64_t item, Draw draw) const { return {seed, purpose, item, sub_item(draw)}; }
  /// The same for up to eight items; the rest repeat the first.
  LaneAddress lanes_at(std::uint64_t first_item, std::span<const std::size_t> items, Draw draw) const;
  LaneStream lane_stream(std::uint64_t first_item, std::span<const std::size_t> items, Draw draw) const {
    return LaneStream(lanes_at(first_item, items, draw));
  }

 private:
  std::uint32_t sub_item(Draw draw) const {
    return static_cast<std::uint32_t>(draw) + (role == Role::pd ? 50u : 0u);
  }
};

/// Calls body(items) for up to eight items at a time that have the same key, keys ascending.
template <class Body>
void in_groups(std::span<const std::size_t> keys, std::size_t key_count, Body body) {
  std::vector<std::size_t> start(key_count + 1, 0), order(keys.size());
  for (std::size_t key : keys) ++start[key + 1];
  for (std::size_t k = 0; k < key_count; ++k) start[k + 1] += start[k];
  std::vector<std::size_t> next(start.begin(), start.end() - 1);
  for (std::size_t i = 0; i < keys.size(); ++i) order[next[keys[i]]++] = i;
  for (std::size_t k = 0; k < key_count; ++k)
    for (std::size_t i = start[k]; i < start[k + 1]; i += lanes)
      body(std::span<const std::size_t>(order).subspan(i, std::min(lanes, start[k + 1] - i)));
}

}  // namespace qdose
