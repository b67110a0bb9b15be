#include "qdose/simulate/trajectories.hpp"

#include <algorithm>
#include <array>

#include "qdose/base/expects.hpp"

namespace qdose {

std::span<const ModelInfo> role_models(Role role) { return role == Role::pk ? pk_models() : pd_models(); }

std::size_t class_of_label(Role role, int label) {
  const auto models = role_models(role);
  const auto found =
      std::find_if(models.begin(), models.end(), [&](const ModelInfo& m) { return m.about.label == label; });
  expects(found != models.end(), "the label of a class");
  return static_cast<std::size_t>(found - models.begin());
}

const ParameterColumns& ParameterColumns::of(Role role) {
  const auto make = [](std::span<const ModelInfo> models) {
    ParameterColumns columns;
    for (const ModelInfo& model : models) {
      auto& own = columns.of_class.emplace_back();
      for (const Parameter& p : model.parameters) {
        const auto known = std::find(columns.symbols.begin(), columns.symbols.end(), p.symbol);
        own.push_back(static_cast<std::size_t>(known - columns.symbols.begin()));
        if (known == columns.symbols.end()) columns.symbols.emplace_back(p.symbol);
      }
    }
    return columns;
  };
  static const ParameterColumns pk = make(pk_models()), pd = make(pd_models());
  return role == Role::pk ? pk : pd;
}

void TrajectoryBlock::resize(std::size_t items, std::size_t points, std::size_t symbols) {
  count = items;
  times = points;
  columns = symbols;
  values.resize(2 * items * points);
  exact.resize(items * points);
  label.resize(items);
  parameters.assign(items * symbols, 0.0f);
  mask.assign(items * symbols, 0.0f);
}

namespace {

/// Eight rows of `count` numbers out of `count` rows of eight: rows[l][k] = from[k].v[l]. Eight times eight
/// are turned in registers.
void turn(const Lanes* from, std::size_t count, float* const* rows) {
  std::size_t k = 0;
  for (; k + 8 <= count; k += 8) {
    __m256 r[8], s[8];
    for (std::size_t i = 0; i < 8; ++i) {
      const __m128 low = _mm256_cvtpd_ps(_mm256_load_pd(from[k + i].v));
      const __m128 high = _mm256_cvtpd_ps(_mm256_load_pd(from[k + i].v + 4));
      r[i] = _mm256_set_m128(high, low);
    }
    for (std::size_t i = 0; i < 8; i += 2) {
      s[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
      s[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (std::size_t i = 0; i < 8; i += 4)
      for (std::size_t j = 0; j < 2; ++j) {
        r[i + 2 * j] = _mm256_shuffle_ps(s[i + j], s[i + j + 2], 0x44);
        r[i + 2 * j + 1] = _mm256_shuffle_ps(s[i + j], s[i + j + 2], 0xee);
      }
    for (std::size_t i = 0; i < 4; ++i) {
      _mm256_storeu_ps(rows[i] + k, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
      _mm256_storeu_ps(rows[i + 4] + k, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
  }
  for (; k < count; ++k)
    for (std::size_t l = 0; l < lanes; ++l) rows[l][k] = static_cast<float>(from[k].v[l]);
}

}  // namespace

void TrajectoryBlock::put(std::span<const std::size_t> items, const Lanes* first, const Lanes* second,
                          const Lanes* error_free) {
  // Lanes that do not count write to a place of their own.
  std::vector<float> spare(items.size() < lanes ? times : 0);
  const auto rows = [&](float* start, std::size_t stride, std::size_t offset, const Lanes* from) {
    float* row[lanes];
    for (std::size_t l = 0; l < lanes; ++l)
      row[l] = l < items.size() ? start + stride * items[l] + offset : spare.data();
    turn(from, times, row);
  };
  rows(values.data(), 2 * times, 0, first);
  rows(values.data(), 2 * times, times, second);
  rows(exact.data(), times, 0, error_free);
}

void TrajectoryBlock::put_parameters(std::span<const std::size_t> items, const ModelInfo& model,
                                     const Lanes* natural) {
  const auto& of_class = ParameterColumns::of(model.role).of_class;
  const auto& own = of_class[static_cast<std::size_t>(&model - role_models(model.role).data())];
  for (std::size_t l = 0; l < items.size(); ++l) {
    label[items[l]] = static_cast<std::int16_t>(model.about.label);
    for (std::size_t p = 0; p < own.size(); ++p) {
      parameters[items[l] * columns + own[p]] = static_cast<float>(natural[p].v[l]);
      mask[items[l] * columns + own[p]] = 1.0f;
    }
  }
}

LaneAddress ItemAddress::lanes_at(std::uint64_t first_item, std::span<const std::size_t> items,
                                  Draw draw) const {
  LaneAddress at{seed, purpose, {}, sub_item(draw)};
  for (std::size_t l = 0; l < lanes; ++l) at.items[l] = first_item + items[l < items.size() ? l : 0];
  return at;
}

}  // namespace qdose
