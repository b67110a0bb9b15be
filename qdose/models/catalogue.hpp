// The list of model classes as data: what the stages, the command line and the report need to know of each.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qdose/models/definition.hpp"

namespace qdose {

/// Other parameters of eight subjects (lanes) with the same concentrations as theirs. Of `parameters` only as
/// many as the class has.
struct LaneTwins {
  static constexpr std::size_t most = 16;  ///< parameters
  struct alignas(64) Row {
    double v[8];
  };
  Row exists;        ///< 1 or 0; where 0, the rest is 0
  Row move[most];    ///< ln other - ln own
  Row log_jacobian;  ///< ln |d ln other / d ln own|
};

/// A class without its equations: the tables that its file declares.
struct ModelInfo {
  Role role;
  About about;
  std::span<const Parameter> parameters;
  std::span<const State> states;
  std::vector<std::string>
      equations;      ///< one line a state and one for the observed quantity, as they are solved
  std::string input;  ///< how a dose enters; empty for PD
  bool has_lag = false, has_infusion = false;
  bool extravascular = false;       ///< the dose enters another compartment than the observed one
  bool absorption_limited = false;  ///< expects absorption slower than elimination
  /// Twins (definition.hpp) of eight sets of values; null for a class without.
  void (*twins)(const LaneTwins::Row* values, LaneTwins& result) = nullptr;
};

/// All classes of a role in the order of the report's table.
std::span<const ModelInfo> pk_models();
std::span<const ModelInfo> pd_models();

/// A class by id; nullptr when there is none of that name.
const ModelInfo* find_model(std::string_view id);

/// Position of a parameter in a class, or -1.
int parameter_index(const ModelInfo& model, std::string_view symbol);

}  // namespace qdose
