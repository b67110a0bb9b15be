#include "qdose/stage3_covariates/gram.hpp"

#include <gtest/gtest.h>

#include "dense_unitaries.hpp"
#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

std::vector<double> angles(std::size_t count, int features) {
  Stream stream(2, Purpose::property_test, 7);
  std::vector<double> x(count * static_cast<std::size_t>(features));
  for (double& value : x) value = stream.uniform(0, std::numbers::pi);
  return x;
}

/// One circuit a pair, as on hardware: U(x)|0>, then U(y)^-1 gate by gate, then the probability of all zeros.
double compute_uncompute(const Circuit& circuit, std::span<const double> x, std::span<const double> y) {
  Eigen::VectorXcd psi = dense::state(circuit, x);
  for (auto operation = circuit.operations.rbegin(); operation != circuit.operations.rend(); ++operation)
    psi = dense::unitary(*operation, circuit.qubits, operation->angle.at(y)).adjoint() * psi;
  return std::norm(psi(0));
}

TEST(Gram, EqualsOneCircuitAPair) {
  for (const FeatureMap& map : feature_maps()) {
    const int features = map.features ? map.features : 3;
    const Circuit circuit = map.build({features, 2, true});
    const std::size_t n = 11, f = static_cast<std::size_t>(features);
    const auto x = angles(n, features);
    const auto gram = fidelity_gram(run_circuit<double>(circuit, x, n));
    const auto single = fidelity_gram(run_circuit<float>(circuit, x, n));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        const double judge = compute_uncompute(circuit, {x.data() + i * f, f}, {x.data() + j * f, f});
        EXPECT_NEAR(gram[i * n + j], judge, 1e-13) << map.name;
        EXPECT_NEAR(single[i * n + j], judge, 1e-5) << map.name;
      }
  }
}

TEST(Gram, TilesJoinWithoutSeams) {
  const Circuit circuit = build_feature_map("iqp", {2, 2, true}).value();
  const std::size_t n = 1100;  // three tiles, the last one partial
  const auto states = run_circuit<double>(circuit, angles(n, 2), n);
  const auto symmetric = fidelity_gram(states), general = fidelity_gram(states, states);
  double largest = 0;
  for (std::size_t k = 0; k < n * n; ++k) largest = std::max(largest, std::abs(symmetric[k] - general[k]));
  EXPECT_LT(largest, 1e-13);
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(symmetric[i * n + i], 1, 1e-13);
}

}  // namespace
}  // namespace qdose
