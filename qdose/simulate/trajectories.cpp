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

void TrajectoryBlock::put(std::span<const std::size_t> items, const Lanes* first, const Lanes* second,
                          const Lanes* error_free) {
  for (std::size_t l = 0; l < items.size(); ++l) {
    float* row = values.data() + 2 * times * items[l];
    float* truth = exact.data() + times * items[l];
    for (std::size_t k = 0; k < times; ++k) {
      row[k] = static_cast<float>(first[k].v[l]);
      row[times + k] = static_cast<float>(second[k].v[l]);
      truth[k] = static_cast<float>(error_free[k].v[l]);
    }
  }
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

LaneStream ItemAddress::lane_stream(std::uint64_t first_item, std::span<const std::size_t> items,
                                    Draw draw) const {
  std::array<std::uint64_t, lanes> addresses;
  for (std::size_t l = 0; l < lanes; ++l) addresses[l] = first_item + items[l < items.size() ? l : 0];
  return {seed, purpose, addresses, sub_item(draw)};
}

}  // namespace qdose
