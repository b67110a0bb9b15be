#include "qdose/simulate/offset_table.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace qdose {

namespace {

constexpr double tolerance = 0x1p-36;  // h

/// Finds offsets by their first lane: a bucket a tolerance wide.
class ByFirstLane {
 public:
  explicit ByFirstLane(const std::vector<Lanes>& offsets) : offsets_(offsets) {}
  void add(std::int32_t index) { buckets_[bucket(offsets_[at(index)].v[0])].push_back(index); }
  /// An offset equal to `whole` - `part` in all lanes, or -1.
  std::int32_t difference(const Lanes& whole, const Lanes& part) const {
    const double wanted = whole.v[0] - part.v[0];
    for (std::int64_t b = bucket(wanted) - 1; b <= bucket(wanted) + 1; ++b) {
      const auto found = buckets_.find(b);
      if (found == buckets_.end()) continue;
      for (std::int32_t index : found->second)
        if (adds_up(offsets_[at(index)], part, whole)) return index;
    }
    return -1;
  }

 private:
  static std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }
  static std::int64_t bucket(double hours) { return std::llround(hours / tolerance); }
  static bool adds_up(const Lanes& a, const Lanes& b, const Lanes& whole) {
    for (std::size_t l = 0; l < lanes; ++l)
      if (!(std::fabs(a.v[l] + b.v[l] - whole.v[l]) <= tolerance)) return false;
    return true;
  }
  const std::vector<Lanes>& offsets_;
  std::unordered_map<std::int64_t, std::vector<std::int32_t>> buckets_;
};

}  // namespace

std::vector<PkPlan::Decay> plan_decays(std::vector<Lanes>& offsets, int depth) {
  std::vector<std::int32_t> order(offsets.size());
  std::iota(order.begin(), order.end(), 0);
  const auto hours = [&](std::int32_t i) { return offsets[static_cast<std::size_t>(i)].v[0]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return hours(a) < hours(b); });
  std::vector<PkPlan::Decay> decays;
  std::vector<std::int32_t> usable;  // positive offsets that are known and not too deep
  std::vector<int> depth_of(offsets.size());
  ByFirstLane known(offsets);
  for (std::int32_t o : order) {
    Lanes& whole = offsets[static_cast<std::size_t>(o)];
    PkPlan::Decay decay{o, -1, -1};
    // A product of times that all lanes share: else a lane would depend on which place it has.
    const bool shared = std::all_of(whole.v, whole.v + lanes, [&](double u) { return u == whole.v[0]; });
    int best = shared ? depth : 0;
    for (std::int32_t a : usable) {
      if (best == 0) break;
      const std::int32_t b = known.difference(whole, offsets[static_cast<std::size_t>(a)]);
      if (b < 0) continue;
      const int deep =
          1 + std::max(depth_of[static_cast<std::size_t>(a)], depth_of[static_cast<std::size_t>(b)]);
      if (deep > best) continue;
      best = deep - 1;  // strictly less deep from now on
      decay = {o, a, b};
      depth_of[static_cast<std::size_t>(o)] = deep;
    }
    if (decay.a >= 0)
      for (std::size_t l = 0; l < lanes; ++l)
        whole.v[l] =
            offsets[static_cast<std::size_t>(decay.a)].v[l] + offsets[static_cast<std::size_t>(decay.b)].v[l];
    decays.push_back(decay);
    if (depth > 0 && shared &&
        whole.v[0] > tolerance) {  // else nothing is made of others: the search would be in vain
      usable.push_back(o);
      known.add(o);
    }
  }
  return decays;
}

}  // namespace qdose
