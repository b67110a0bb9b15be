#include "qdose/stage3_covariates/statevector.hpp"

#include <algorithm>

#include "qdose/base/expects.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

/// Inputs simulated together: one AVX-512 register of them, two AVX2 registers.
template <class T>
constexpr std::size_t width = 64 / sizeof(T);

/// One complex number a lane.
template <class T>
struct alignas(64) LaneComplex {
  T re[width<T>], im[width<T>];
};

/// A QubitMatrix a lane, and what is special about it.
template <class T>
struct LaneMatrix {
  LaneComplex<T> a, b, c, d;
  bool identity = false, diagonal = false, real = false;
};

template <class T>
void set_lane(LaneComplex<T>& lanes, std::size_t lane, std::complex<double> value) {
  lanes.re[lane] = static_cast<T>(value.real());
  lanes.im[lane] = static_cast<T>(value.imag());
}

template <class T>
bool all_equal(const LaneComplex<T>& lanes, std::complex<T> value) {
  for (std::size_t l = 0; l < width<T>; ++l)
    if (lanes.re[l] != value.real() || lanes.im[l] != value.imag()) return false;
  return true;
}

template <class T>
bool all_real(const LaneComplex<T>& lanes) {
  return std::all_of(std::begin(lanes.im), std::end(lanes.im), [](T im) { return im == 0; });
}

/// Matrices of the first `used` lanes; the others repeat the last of them.
template <class T>
LaneMatrix<T> lane_matrix(QubitMatrix (*matrix)(double), const double* angles, std::size_t used) {
  LaneMatrix<T> m;
  QubitMatrix one;
  for (std::size_t l = 0; l < width<T>; ++l) {
    if (l < used) one = matrix(angles[l]);
    set_lane(m.a, l, one.a), set_lane(m.b, l, one.b), set_lane(m.c, l, one.c), set_lane(m.d, l, one.d);
  }
  m.diagonal = all_equal(m.b, {0, 0}) && all_equal(m.c, {0, 0});
  m.identity = m.diagonal && all_equal(m.a, {1, 0}) && all_equal(m.d, {1, 0});
  m.real = all_real(m.a) && all_real(m.b) && all_real(m.c) && all_real(m.d);
  return m;
}

#define QDOSE_INLINE inline __attribute__((always_inline))

template <class T>
QDOSE_INLINE void multiply(LaneComplex<T>& z, const LaneComplex<T>& factor) {
#pragma omp simd
  for (std::size_t l = 0; l < width<T>; ++l) {
    const T re = z.re[l] * factor.re[l] - z.im[l] * factor.im[l];
    z.im[l] = z.re[l] * factor.im[l] + z.im[l] * factor.re[l];
    z.re[l] = re;
  }
}

template <class T>
QDOSE_INLINE void mix_real(LaneComplex<T>& zero, LaneComplex<T>& one, const LaneMatrix<T>& m) {
#pragma omp simd
  for (std::size_t l = 0; l < width<T>; ++l) {
    const T r0 = zero.re[l], i0 = zero.im[l], r1 = one.re[l], i1 = one.im[l];
    zero.re[l] = m.a.re[l] * r0 + m.b.re[l] * r1;
    zero.im[l] = m.a.re[l] * i0 + m.b.re[l] * i1;
    one.re[l] = m.c.re[l] * r0 + m.d.re[l] * r1;
    one.im[l] = m.c.re[l] * i0 + m.d.re[l] * i1;
  }
}

template <class T>
QDOSE_INLINE void mix(LaneComplex<T>& zero, LaneComplex<T>& one, const LaneMatrix<T>& m) {
#pragma omp simd
  for (std::size_t l = 0; l < width<T>; ++l) {
    const T r0 = zero.re[l], i0 = zero.im[l], r1 = one.re[l], i1 = one.im[l];
    zero.re[l] = m.a.re[l] * r0 - m.a.im[l] * i0 + m.b.re[l] * r1 - m.b.im[l] * i1;
    zero.im[l] = m.a.re[l] * i0 + m.a.im[l] * r0 + m.b.re[l] * i1 + m.b.im[l] * r1;
    one.re[l] = m.c.re[l] * r0 - m.c.im[l] * i0 + m.d.re[l] * r1 - m.d.im[l] * i1;
    one.im[l] = m.c.re[l] * i0 + m.c.im[l] * r0 + m.d.re[l] * i1 + m.d.im[l] * r1;
  }
}

/// Acts with `m` on every pair of basis states that differ in `target` and whose `control` bit is `value`.
template <class T>
QDOSE_INLINE void act(std::vector<LaneComplex<T>>& state, const LaneMatrix<T>& m, int target, int control,
                      std::size_t value) {
  if (m.identity) return;
  const std::size_t stride = std::size_t{1} << target;
  for (std::size_t block = 0; block < state.size(); block += 2 * stride)
    for (std::size_t k = block; k < block + stride; ++k) {
      if (control >= 0 && ((k >> control) & 1) != value) continue;
      LaneComplex<T>&zero = state[k], &one = state[k + stride];
      if (m.diagonal)
        multiply(zero, m.a), multiply(one, m.d);
      else if (m.real)
        mix_real(zero, one, m);
      else
        mix(zero, one, m);
    }
}

// The same loops for the instruction sets that matter; the program picks one when it starts.
#define QDOSE_CLONES __attribute__((target_clones("arch=x86-64-v4", "default")))
QDOSE_CLONES void act_clone(std::vector<LaneComplex<float>>& state, const LaneMatrix<float>& m, int target,
                            int control, std::size_t value) {
  act(state, m, target, control, value);
}
QDOSE_CLONES void act_clone(std::vector<LaneComplex<double>>& state, const LaneMatrix<double>& m, int target,
                            int control, std::size_t value) {
  act(state, m, target, control, value);
}

/// Runs the circuit for up to width<T> inputs and writes their states to `out`, row-major [lanes][2^qubits].
template <class T>
void run_block(const Circuit& circuit, const double* inputs, std::size_t lanes, std::complex<T>* out) {
  const std::size_t dimension = std::size_t{1} << circuit.qubits;
  const auto features = static_cast<std::size_t>(circuit.features);
  std::vector<LaneComplex<T>> state(dimension);
  std::fill(std::begin(state[0].re), std::end(state[0].re), T{1});
  for (const Operation& operation : circuit.operations) {
    double angles[width<T>];
    for (std::size_t l = 0; l < lanes; ++l) angles[l] = operation.angle.at({inputs + l * features, features});
    const Gate& gate = *operation.gate;
    const std::size_t used = gate.has_angle ? lanes : 1;
    act_clone(state, lane_matrix<T>(gate.on, angles, used), operation.target, operation.control, 1);
    if (gate.off)
      act_clone(state, lane_matrix<T>(gate.off, angles, used), operation.target, operation.control, 0);
  }
  for (std::size_t l = 0; l < lanes; ++l)
    for (std::size_t k = 0; k < dimension; ++k) out[l * dimension + k] = {state[k].re[l], state[k].im[l]};
}

}  // namespace

template <class T>
StateMatrix<T> run_circuit(const Circuit& circuit, std::span<const double> inputs, std::size_t count,
                           int threads) {
  const auto features = static_cast<std::size_t>(circuit.features);
  expects(inputs.size() == count * features, "one row of inputs a state");
  expects(circuit.qubits >= 0 && circuit.qubits <= 24, "0 to 24 qubits");
  StateMatrix<T> states{count, std::size_t{1} << circuit.qubits, {}};
  states.amplitudes.resize(count * states.dimension);
  const std::size_t blocks = (count + width<T> - 1) / width<T>;
  parallel_for(blocks, threads, [&](std::size_t block) {
    const std::size_t first = block * width<T>;
    run_block(circuit, inputs.data() + first * features, std::min(width<T>, count - first),
              states.amplitudes.data() + first * states.dimension);
  });
  return states;
}

template StateMatrix<float> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);
template StateMatrix<double> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);

}  // namespace qdose
