#include "qdose/stage3_covariates/methods.hpp"

#include <array>
#include <chrono>

#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

constexpr std::array automatic_maps{"zz", "iqp", "ry", "reupload"};

using Level = std::vector<Candidate>;

int add(Design& design, Basis basis) {
  design.bases.push_back(std::move(basis));
  return static_cast<int>(design.bases.size()) - 1;
}

/// Adds the kernels of one map at all bandwidths; returns them with a constant and with a linear trend.
Result<Level> quantum_level(Design& design, const std::string& map, bool entangled,
                            const KernelSettings& settings) {
  const Result<Circuit> circuit =
      build_feature_map(map, {static_cast<int>(design.inputs.unit.cols()), settings.layers, entangled});
  if (!circuit) return circuit.errors();
  std::vector<double> widths(bandwidths.begin(), bandwidths.end());
  if (settings.bandwidth > 0) widths = {settings.bandwidth};
  Level level;
  for (const double width : widths) {
    const int basis = add(design, kernel_basis(map, width, quantum_kernel(*circuit, width), design.inputs));
    level.push_back({Trend::constant, basis}), level.push_back({Trend::linear, basis});
  }
  return level;
}

Level rbf_level(Design& design) {
  Level level;
  for (const double length : rbf_lengths) {
    const int basis = add(design, kernel_basis("rbf", length, rbf_kernel(length), design.inputs));
    level.push_back({Trend::constant, basis}), level.push_back({Trend::linear, basis});
  }
  return level;
}

Level with_trend(const Level& level, Trend trend) {
  Level chosen;
  for (const Candidate& candidate : level)
    if (candidate.trend == trend) chosen.push_back(candidate);
  return chosen;
}

}  // namespace

Result<MethodBook> make_methods(const InputMatrix& inputs, const KernelSettings& settings) {
  const auto start = std::chrono::steady_clock::now();
  Eigen::setNbThreads(1);  // thousands of small problems: threads of their own would only wait for each other
  MethodBook book;
  book.design.inputs = inputs;
  const Level intercept{{Trend::constant, -1}};
  if (inputs.unit.cols() == 0) {  // nothing to learn from
    book.methods = {{"quantum", {{"none", {intercept}}}, false, settings.caution},
                    {"mean", {{"", {intercept}}}, false, settings.caution}};
    return book;
  }
  const Level linear{{Trend::constant, add(book.design, linear_basis(inputs))}, {Trend::linear, -1}};

  std::vector<std::string> maps{settings.map};
  if (settings.map == "auto") maps.assign(automatic_maps.begin(), automatic_maps.end());
  Method quantum{"quantum", {}, false, settings.caution}, product{"unentangled", {}, false, settings.caution};
  Method bare{"quantum_without_trend", {}, false, settings.caution};
  for (const std::string& map : maps) {
    const Result<Level> entangled = quantum_level(book.design, map, true, settings);
    if (!entangled) return entangled.errors();
    quantum.variants.push_back({map, {intercept, linear, *entangled}});
    bare.variants.push_back({map, {intercept, with_trend(*entangled, Trend::constant)}});
    product.variants.push_back(
        {map, {intercept, linear, quantum_level(book.design, map, false, settings).value()}});
  }
  const Level rbf = rbf_level(book.design);
  Level process = rbf;
  process.push_back(intercept.front());
  book.methods = {quantum,
                  {"mean", {{"", {intercept}}}, false, settings.caution},
                  {"log_linear", {{"", {intercept, linear}}}, false, settings.caution},
                  bare,
                  product,
                  {"rbf", {{"", {intercept, linear, rbf}}}, false, settings.caution},
                  {"gaussian_process", {{"", {process}}}, true, settings.caution}};
  book.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return book;
}

}  // namespace qdose
