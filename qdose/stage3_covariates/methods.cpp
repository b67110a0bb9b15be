#include "qdose/stage3_covariates/methods.hpp"

#include <array>
#include <chrono>

#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/projected.hpp"
#include "qdose/stage3_covariates/surrogate.hpp"

namespace qdose {
namespace {

constexpr std::array automatic_maps{"zz", "iqp", "ry", "reupload"};

using Level = std::vector<Candidate>;

int add(Design& design, Basis basis) {
  design.bases.push_back(std::move(basis));
  return static_cast<int>(design.bases.size()) - 1;
}

std::vector<double> bandwidths_tried(const KernelSettings& settings) {
  if (settings.bandwidth > 0) return {settings.bandwidth};
  return {bandwidths.begin(), bandwidths.end()};
}

/// Adds kernels of several widths; returns them with a constant and with a linear trend.
template <class MakeKernel>
Level kernel_level(Design& design, const std::string& name, const std::vector<double>& widths,
                   const MakeKernel& make) {
  Level level;
  for (const double width : widths) {
    const int basis = add(design, kernel_basis(name, width, make(width), design.inputs));
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

constexpr int waves_drawn = 128;

}  // namespace

Result<Circuit> map_circuit(const std::string& map, Eigen::Index inputs, const KernelSettings& settings,
                            bool entangled) {
  const Result<Pattern> pattern = parse_pattern(settings.entanglement);
  if (!pattern) return pattern.errors();
  return build_feature_map(map,
                           {static_cast<int>(inputs), settings.layers, entangled, *pattern, settings.paulis});
}

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
  const std::vector<double> widths = bandwidths_tried(settings);
  const auto offer = [&](Method& method, const std::string& variant, const Level& level) {
    method.variants.push_back({variant, {intercept, linear, level}});
  };
  const auto method = [&](const char* name) { return Method{name, {}, false, settings.caution}; };
  Method quantum = method("quantum"), bare = method("quantum_without_trend"), product = method("unentangled"),
         projected = method("projected"), waves = method("random_waves"), rbf = method("rbf");
  for (const std::string& map : maps) {
    const Result<Circuit> circuit = map_circuit(map, inputs.unit.cols(), settings);
    if (!circuit) return circuit.errors();
    const Circuit plain = map_circuit(map, inputs.unit.cols(), settings, false).value();
    const Level level =
        kernel_level(book.design, map, widths, [&](double w) { return quantum_kernel(*circuit, w); });
    offer(quantum, map, level);
    bare.variants.push_back({map, {intercept, with_trend(level, Trend::constant)}});
    offer(product, map,
          kernel_level(book.design, map, widths, [&](double w) { return quantum_kernel(plain, w); }));
    offer(projected, map,
          kernel_level(book.design, map, widths, [&](double w) { return projected_kernel(*circuit, w); }));
  }
  offer(waves, "", kernel_level(book.design, "random_waves", widths, [&](double w) {
          return random_wave_kernel(static_cast<int>(inputs.unit.cols()), settings.layers, w, waves_drawn,
                                    settings.seed);
        }));
  const Level lengths =
      kernel_level(book.design, "rbf", {rbf_lengths.begin(), rbf_lengths.end()}, rbf_kernel);
  offer(rbf, "", lengths);
  Level process = lengths;
  process.push_back(intercept.front());
  book.methods = {quantum,
                  {"mean", {{"", {intercept}}}, false, settings.caution},
                  {"log_linear", {{"", {intercept, linear}}}, false, settings.caution},
                  bare,
                  product,
                  projected,
                  waves,
                  rbf,
                  {"gaussian_process", {{"", {process}}}, true, settings.caution}};
  book.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return book;
}

}  // namespace qdose
