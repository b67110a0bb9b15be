#include "qdose/stage3_covariates/statevector.hpp"

#include <gtest/gtest.h>

#include "dense_unitaries.hpp"
#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

std::vector<double> random_inputs(std::size_t count, int features, std::uint64_t item) {
  Stream stream(1, Purpose::property_test, item);
  std::vector<double> x(count * static_cast<std::size_t>(features));
  for (double& value : x) value = stream.uniform(0, std::numbers::pi);
  return x;
}

template <class T>
double largest_difference(const Circuit& circuit, const std::vector<double>& inputs, std::size_t count) {
  const auto states = run_circuit<T>(circuit, inputs, count, 2);
  const auto features = static_cast<std::size_t>(circuit.features);
  double largest = 0;
  for (std::size_t n = 0; n < count; ++n) {
    const Eigen::VectorXcd judge = dense::state(circuit, {inputs.data() + n * features, features});
    for (std::size_t k = 0; k < states.dimension; ++k)
      largest = std::max(
          largest, std::abs(judge(static_cast<Eigen::Index>(k)) - std::complex<double>(states.row(n)[k])));
  }
  return largest;
}

TEST(Statevector, EveryGateOnEveryQubitEqualsItsKroneckerProduct) {
  for (const Gate& gate : gates::table) {
    ASSERT_GT(dense::unitary({&gate, 0, 1, {}}, 2, 0.3).size(), 0) << "the judge lacks " << gate.name;
    for (int target = 0; target < 3; ++target)
      for (int control = 0; control < 3; ++control) {
        if (control == target) continue;
        Circuit circuit{.qubits = 3, .features = 1, .operations = {}};
        for (int q = 0; q < 3; ++q) {  // a state without symmetry
          circuit.add(qdose::gate("ry"), q, Angle::fixed(0.4 + q));
          circuit.add(qdose::gate("rz"), q, Angle::fixed(1.1 - q));
        }
        if (gate.qubits == 2)
          circuit.add(&gate, control, target, Angle::input(0, 1.7));
        else
          circuit.add(&gate, target, Angle::input(0, 1.7));
        EXPECT_LT(largest_difference<double>(circuit, random_inputs(5, 1, 1), 5), 1e-14)
            << gate.name << " " << control << " " << target;
      }
  }
}

TEST(Statevector, EveryFeatureMapEqualsItsDenseUnitaries) {
  for (const FeatureMap& map : feature_maps())
    for (const int features : {1, 2, 3, 4})
      for (const bool entangled : {true, false}) {
        if (map.features != 0 && map.features != features) continue;
        const Circuit circuit = map.build({features, 2, entangled});
        const auto inputs = random_inputs(37, features, 2);  // two full SIMD blocks and a part
        EXPECT_LT(largest_difference<double>(circuit, inputs, 37), 1e-14) << map.name << features;
        EXPECT_LT(largest_difference<float>(circuit, inputs, 37), 2e-6) << map.name << features;
      }
}

TEST(Statevector, UnentangledMapsHaveNoGateOnTwoQubitsOrTwoInputs) {
  for (const FeatureMap& map : feature_maps())
    for (const Operation& operation : map.build({map.features ? map.features : 3, 3, false}).operations) {
      EXPECT_LT(operation.control, 0) << map.name;
      EXPECT_LT(operation.angle.second, 0) << map.name;
    }
}

TEST(Statevector, TenQubitsKeepTheirNorm) {
  const Circuit circuit = build_feature_map("zz", {10, 2, true}).value();
  const auto states = run_circuit<double>(circuit, random_inputs(9, 10, 3), 9);
  for (std::size_t n = 0; n < 9; ++n) {
    double norm = 0;
    for (std::size_t k = 0; k < states.dimension; ++k) norm += std::norm(states.row(n)[k]);
    EXPECT_NEAR(norm, 1, 1e-13);
  }
}

TEST(Statevector, ACircuitWithoutQubitsIsTheNumberOne) {
  const auto states = run_circuit<double>(Circuit{}, {}, 3);
  ASSERT_EQ(states.amplitudes.size(), 3u);
  EXPECT_EQ(states.amplitudes[2], std::complex<double>(1));
}

TEST(FeatureMap, UnknownNamesAndWrongCountsSayWhatToTry) {
  const auto unknown = build_feature_map("zzz", {2, 2, true});
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.errors()[0].hint.find("iqp"), std::string::npos);
  const auto count = build_feature_map("report", {3, 2, true});
  ASSERT_FALSE(count.ok());
  EXPECT_EQ(count.errors()[0].fault, Fault::bad_usage);
}

}  // namespace
}  // namespace qdose
