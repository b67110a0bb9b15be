// Stage 3: states, Gram matrices and regressions of quantum kernels, by one thread.
#include <ctime>

#include "app/benchmarks/benchmark.hpp"
#include "app/blas.hpp"
#include "qdose/base/random.hpp"
#include "qdose/simulate/kernels.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/gram.hpp"
#include "qdose/stage3_covariates/nystrom.hpp"
#include "qdose/stage3_covariates/primal.hpp"
#include "qdose/stage3_covariates/svr_many.hpp"

namespace qdose {
namespace {

double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// The least processor time of a few runs.
double best_seconds(int runs, const std::function<void()>& work) {
  double best = 1e300;
  for (int run = 0; run < runs; ++run) {
    const double start = thread_seconds();
    work();
    best = std::min(best, thread_seconds() - start);
  }
  return best;
}

Circuit zz(int qubits) { return build_feature_map("zz", {qubits, 2, true}).value(); }

/// Angles, uniform up to `largest`.
std::vector<double> angles(std::size_t people, int features, double largest, std::uint64_t seed) {
  Stream stream(seed, Purpose::covariates, 0);
  std::vector<double> x(people * static_cast<std::size_t>(features));
  for (double& value : x) value = stream.uniform(0, largest);
  return x;
}

/// Seven outputs, four of them waves of the inputs, with noise.
Eigen::MatrixXd outputs_of(const std::vector<double>& x, std::size_t people, int features,
                           std::uint64_t seed) {
  Eigen::MatrixXd y(static_cast<Eigen::Index>(people), 7);
  const auto f = static_cast<std::size_t>(features);
  for (std::size_t i = 0; i < people; ++i) {
    Stream stream(seed, Purpose::test, i);
    for (std::size_t j = 0; j < 7; ++j) {
      const double* row = x.data() + i * f;
      const double signal =
          j < 4 ? std::sin(row[j % f] / 0.3) + 0.5 * std::cos((row[(j + 1) % f] + row[(j + 2) % f]) / 0.3)
                : 0;
      y(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = signal + 0.5 * stream.normal();
    }
  }
  return y;
}

Measurement one_thread(double value, const char* unit) {
  return {value, unit, 1, std::string(kernel_instruction_set())};
}

constexpr double pi = 3.14159265358979323846;

Result<Measurement> states(int qubits, std::size_t people, const Context& context) {
  const Circuit circuit = zz(qubits);
  const std::vector<double> x = angles(people, qubits, pi, context.seed());
  std::vector<std::complex<float>> out(people << qubits);
  return one_thread(best_rate([&] {
                      run_circuit(circuit, x, people, out.data());
                      keep(static_cast<double>(out[0].real()));
                      return static_cast<double>(people);
                    }),
                    "states/s");
}

/// Different entries a second, states included; the matrix stands in memory already.
Result<Measurement> gram(int qubits, const Context& context) {
  constexpr std::size_t people = 10000;
  const Circuit circuit = zz(qubits);
  const std::vector<double> x = angles(people, qubits, pi, context.seed());
  std::vector<float> out(people * people);
  const double seconds = best_seconds(3, [&] {
    fidelity_gram(run_circuit<float>(circuit, x, people), out.data());
    keep(static_cast<double>(out[1]));
  });
  return one_thread(0.5 * people * (people + 1) / seconds, "entries/s");
}

/// The same entry by its own circuit: the map at x, its inverse at y, all of it gate by gate.
Result<Measurement> pair_by_pair(const Context& context) {
  const Circuit map = zz(8);
  Circuit pair{.qubits = 8, .features = 16, .operations = map.operations};
  for (auto operation = map.operations.rbegin(); operation != map.operations.rend(); ++operation) {
    Operation back = *operation;  // every gate of the map is its own inverse but for the sign of its angle
    back.angle.scale = -back.angle.scale;
    if (back.angle.first >= 0) back.angle.first += 8;
    if (back.angle.second >= 0) back.angle.second += 8;
    pair.operations.push_back(back);
  }
  const std::vector<double> x = angles(512, 16, pi, context.seed());
  return one_thread(best_rate([&] {
                      keep(std::norm(run_circuit<float>(pair, x, 512).amplitudes[0]));
                      return 512.0;
                    }),
                    "entries/s");
}

Result<Measurement> nystrom(std::size_t landmarks, const Context& context) {
  constexpr std::size_t people = 100000;
  const std::vector<double> x = angles(people, 8, 0.3 * pi, context.seed());
  const Eigen::MatrixXd y = outputs_of(x, people, 8, context.seed());
  set_blas_threads(1);
  const double seconds = best_seconds(1, [&] {
    const NystromKernel kernel(zz(8), std::span(x).first(landmarks * 8));
    keep(fit_nystrom(kernel, x, y, {.lambda = 1}).coefficients(0, 0));
  });
  return one_thread(seconds, "s");
}

Result<Measurement> primal(const Context& context) {
  constexpr std::size_t people = 1000000;
  const std::vector<double> x = angles(people, 2, pi, context.seed());
  const Eigen::MatrixXd y = outputs_of(x, people, 2, context.seed());
  set_blas_threads(1);
  return one_thread(best_seconds(2, [&] { keep(fit_primal(zz(2), x, y, 1e-3).fit.coefficients(0, 0)); }),
                    "s");
}

/// Seven outputs, 10,000 people, C 10, epsilon 0.1, on 500 Nystrom functions of the 8-qubit kernel.
Result<Measurement> support_vectors(const Context& context) {
  constexpr std::size_t people = 10000, landmarks = 500;
  const std::vector<double> x = angles(people, 8, 0.3 * pi, context.seed());
  const Eigen::MatrixXd y = outputs_of(x, people, 8, context.seed());
  set_blas_threads(1);
  const NystromKernel kernel(zz(8), std::span(x).first(landmarks * 8));
  const double seconds = best_seconds(
      1, [&] { keep(train_svr(nystrom_functions(kernel, x, people), y.cast<float>(), {}).objective(0)); });
  return one_thread(seconds, "s");
}

}  // namespace

std::vector<Benchmark> kernels_benchmarks() {
  const auto on = [](auto function, auto... first) {
    return [=](const Context& context) { return function(first..., context); };
  };
  return {
      {"states_8q", "states of the zz map with two layers, 8 qubits, single precision",
       on(states, 8, std::size_t{4096})},
      {"states_12q", "the same for 12 qubits", on(states, 12, std::size_t{256})},
      {"states_16q", "the same for 16 qubits", on(states, 16, std::size_t{32})},
      {"gram_2q_10k", "fidelity kernel of 10,000 people, 2 qubits, states included", on(gram, 2)},
      {"gram_8q_10k", "the same for 8 qubits", on(gram, 8)},
      {"gram_10q_10k", "the same for 10 qubits", on(gram, 10)},
      {"pairs_8q", "the same entries by one circuit a pair", on(pair_by_pair)},
      {"nystrom_8q_100k", "Nystrom ridge regression, 100,000 people, 8 qubits, 7 outputs, 1000 landmarks",
       on(nystrom, std::size_t{1000})},
      {"nystrom_8q_100k_2000", "the same with 2000 landmarks", on(nystrom, std::size_t{2000})},
      {"primal_2q_1m", "exact primal ridge regression, 1,000,000 people, 2 qubits, 7 outputs", on(primal)},
      {"svr_8q_10k", "epsilon-SVR of 7 outputs, 10,000 people, 8 qubits, functions included",
       on(support_vectors)}};
}

}  // namespace qdose
