#include "qdose/stage2_population/placed.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

constexpr unsigned digit_bits = 11, digits = 3;
constexpr std::size_t digit_values = std::size_t{1} << digit_bits;

/// A number's rough place between the smallest and the largest, above its own place.
struct Key {
  std::uint64_t bits;

  Key() = default;
  Key(double share, std::size_t place)
      : bits(static_cast<std::uint64_t>(share) << 31 | static_cast<std::uint64_t>(place)) {}
  std::size_t digit(unsigned d) const { return bits >> (31 + d * digit_bits) & (digit_values - 1); }
  std::uint64_t rough() const { return bits >> 31; }
  std::uint32_t place() const { return static_cast<std::uint32_t>(bits & 0x7fffffffu); }
};

/// Sorts by the rough places, digit by digit from the last.
void sort_roughly(std::vector<Key>& keys) {
  std::array<std::array<std::uint32_t, digit_values>, digits> next{};
  for (const Key& key : keys)
    for (unsigned d = 0; d < digits; ++d) ++next[d][key.digit(d)];
  std::vector<Key> other(keys.size());
  for (unsigned d = 0; d < digits; ++d) {
    std::uint32_t before = 0;
    for (std::uint32_t& count : next[d]) {
      const std::uint32_t own = count;
      count = before;
      before += own;
    }
    for (const Key& key : keys) other[next[d][key.digit(d)]++] = key;
    keys.swap(other);
  }
}

bool by_value(const Placed& a, const Placed& b) { return a.value < b.value; }

}  // namespace

std::vector<Placed> sorted_with_places(std::span<const double> x) {
  expects(x.size() < (std::size_t{1} << 31), "places that fit beside a key");
  std::vector<Placed> sorted(x.size());
  if (x.empty()) return sorted;
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const double least = *low,
               scale = static_cast<double>((std::uint64_t{1} << (digits * digit_bits)) - 1) / (*high - *low);
  if (x.size() < 200 || !std::isfinite(scale) || scale == 0) {
    for (std::size_t i = 0; i < x.size(); ++i) sorted[i] = {x[i], static_cast<std::uint32_t>(i)};
    std::sort(sorted.begin(), sorted.end(), by_value);
    return sorted;
  }
  std::vector<Key> keys(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) keys[i] = Key((x[i] - least) * scale, i);
  sort_roughly(keys);
  for (std::size_t i = 0; i < x.size(); ++i) sorted[i] = {x[keys[i].place()], keys[i].place()};
  // What is left to sort are numbers with the same rough place: mostly none.
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end].rough() == keys[begin].rough()) ++end;
    if (end - begin > 1)
      std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                sorted.begin() + static_cast<std::ptrdiff_t>(end), by_value);
  }
  return sorted;
}

}  // namespace qdose
