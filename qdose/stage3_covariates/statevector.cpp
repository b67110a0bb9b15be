#include "qdose/stage3_covariates/statevector.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numbers>

#include "qdose/base/expects.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage3_covariates/lanes.hpp"
#include "qdose/stage3_covariates/program.hpp"

namespace qdose {
namespace {

/// Simulates blocks of lanes::width<T> inputs; keeps its memory between blocks.
template <class T>
class BlockRunner {
 public:
  explicit BlockRunner(const Program& program)
      : program_(program),
        size_(std::size_t{1} << program.qubits),
        state_(size_),
        turns_(program.diagonals.empty() ? 0 : size_) {
    diagonals_.resize(program.diagonals.size());
    for (auto& diagonal : diagonals_) diagonal.resize(size_);
    inputs_.resize(static_cast<std::size_t>(program.features));
  }

  /// `inputs` row-major [used][features], `out` row-major [used][2^qubits].
  void run(const double* inputs, std::size_t used, std::complex<T>* out) {
    for (std::size_t f = 0; f < inputs_.size(); ++f)
      for (std::size_t l = 0; l < width; ++l)
        inputs_[f].at[l] = inputs[std::min(l, used - 1) * inputs_.size() + f];
    for (std::size_t d = 0; d < diagonals_.size(); ++d) fill(program_.diagonals[d], diagonals_[d].data());
    const bool starts_local = !program_.steps.empty() && std::holds_alternative<LocalStep>(program_.steps[0]);
    start(starts_local ? std::get<LocalStep>(program_.steps[0]) : LocalStep{});
    for (std::size_t s = starts_local ? 1 : 0; s < program_.steps.size(); ++s)
      std::visit([this](const auto& step) { apply(step); }, program_.steps[s]);
    lanes::store(state_.data(), size_, used, out);
  }

 private:
  static constexpr std::size_t width = lanes::width<T>;
  using Complex = lanes::Complex<T>;
  using Matrix = lanes::Matrix<T>;
  struct LaneAngles {
    double at[width];
  };

  LaneAngles angles(const Angle& angle) const {
    LaneAngles out;
    for (std::size_t l = 0; l < width; ++l) {
      double value = angle.scale;
      if (angle.first >= 0) value *= inputs_[static_cast<std::size_t>(angle.first)].at[l] - angle.shift;
      if (angle.second >= 0) value *= inputs_[static_cast<std::size_t>(angle.second)].at[l] - angle.shift;
      out.at[l] = angle.constant + value;
    }
    return out;
  }

  /// exp(i phase) of every basis state: phases on parities, summed by a Walsh transform.
  void fill(const Diagonal& diagonal, Complex* out) {
    std::memset(turns_.data(), 0, size_ * sizeof(turns_[0]));
    for (const PhaseGate& gate : diagonal) {
      const LaneAngles angle = angles(gate.angle);
      for (const ParityPhase& phase : gate.phases)
        for (std::size_t l = 0; l < width; ++l) turns_[phase.mask].at[l] += fraction(phase, angle.at[l]);
    }
    lanes::walsh(turns_.data(), program_.qubits);
    lanes::unit_phases(turns_.data(), size_, out);
  }

  static lanes::Fraction<T> fraction(const ParityPhase& phase, double angle) {
    constexpr double rounding = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to a whole number
    const double turns = (phase.slope * angle + phase.constant) * (0.5 / std::numbers::pi);
    const double part = turns - ((turns + rounding) - rounding);
    // in [-1/2, 1/2]; half the units, then doubled, since the ends do not fit
    constexpr double half = 0x1p63;
    const auto units = static_cast<std::uint64_t>(static_cast<std::int64_t>(part * half)) << 1;
    return static_cast<lanes::Fraction<T>>(units >> (64 - 8 * sizeof(lanes::Fraction<T>)));
  }

  /// The product of one qubit's gates, a lane each.
  Matrix product(const std::vector<Operation>& operations, bool off = false) const {
    std::array<QubitMatrix, width> all;
    all.fill({1, 0, 0, 1});
    for (const Operation& operation : operations) {
      const auto matrix = off ? operation.gate->off : operation.gate->on;
      const LaneAngles angle = angles(operation.angle);
      QubitMatrix g = matrix(angle.at[0]);
      for (std::size_t l = 0; l < width; ++l) {
        if (l > 0 && angle.at[l] != angle.at[l - 1]) g = matrix(angle.at[l]);
        const QubitMatrix m = all[l];
        all[l] = {g.a * m.a + g.b * m.c, g.a * m.b + g.b * m.d, g.c * m.a + g.d * m.c, g.c * m.b + g.d * m.d};
      }
    }
    Matrix out;
    out.real = true;
    for (std::size_t l = 0; l < width; ++l) {
      const auto set = [&](Complex& lane, std::complex<double> value) {
        lane.re[l] = static_cast<T>(value.real()), lane.im[l] = static_cast<T>(value.imag());
        out.real &= value.imag() == 0;
      };
      set(out.a, all[l].a), set(out.b, all[l].b), set(out.c, all[l].c), set(out.d, all[l].d);
    }
    return out;
  }

  /// The state after the first layer, a product state, built by doubling.
  void start(const LocalStep& step) {
    for (std::size_t l = 0; l < width; ++l)
      state_[0].re[l] = static_cast<T>(program_.scale), state_[0].im[l] = 0;
    for (int q = 0; q < program_.qubits; ++q) {
      const std::size_t half = std::size_t{1} << q;
      const bool hadamard = ((step.hadamards >> q) & 1) != 0;
      const std::vector<Operation> none,
          &gates = step.others.empty() ? none : step.others[static_cast<std::size_t>(q)];
      std::copy_n(state_.begin(), half, state_.begin() + static_cast<std::ptrdiff_t>(half));
      if (hadamard) continue;
      const Matrix m = product(gates);  // acts on |0>: its first column
      for (std::size_t k = 0; k < half; ++k)
        lanes::multiply(&state_[k], &m.a, 1), lanes::multiply(&state_[half + k], &m.c, 1);
    }
  }

  void apply(const LocalStep& step) {
    if (step.hadamards != 0) lanes::hadamards(state_.data(), program_.qubits, step.hadamards);
    for (std::size_t q = 0; q < step.others.size(); ++q)
      if (!step.others[q].empty())
        lanes::act(state_.data(), program_.qubits, product(step.others[q]), static_cast<int>(q));
  }

  void apply(const DiagonalStep& step) {
    lanes::multiply(state_.data(), diagonals_[step.diagonal].data(), size_);
    if (step.moved_to.empty()) return;
    moved_.resize(size_);
    for (std::size_t k = 0; k < size_; ++k) moved_[step.moved_to[k]] = state_[k];
    state_.swap(moved_);
  }

  void apply(const ControlledStep& step) {
    const Operation& o = step.operation;
    lanes::act(state_.data(), program_.qubits, product({o}), o.target, o.control, 1);
    if (o.gate->off != gates::identity)
      lanes::act(state_.data(), program_.qubits, product({o}, true), o.target, o.control, 0);
  }

  const Program& program_;
  std::size_t size_;
  std::vector<Complex> state_, moved_;
  std::vector<lanes::Turns<T>> turns_;
  std::vector<std::vector<Complex>> diagonals_;
  std::vector<LaneAngles> inputs_;  ///< [feature]
};

}  // namespace

template <class T>
StateMatrix<T> run_circuit(const Circuit& circuit, std::span<const double> inputs, std::size_t count,
                           int threads) {
  StateMatrix<T> states{count, std::size_t{1} << circuit.qubits, {}};
  states.amplitudes.resize(count * states.dimension);
  run_circuit(circuit, inputs, count, states.amplitudes.data(), threads);
  return states;
}

template <class T>
void run_circuit(const Circuit& circuit, std::span<const double> inputs, std::size_t count,
                 std::complex<T>* out, int threads) {
  const auto features = static_cast<std::size_t>(circuit.features);
  expects(inputs.size() == count * features, "one row of inputs a state");
  expects(circuit.qubits >= 0 && circuit.qubits <= 24, "0 to 24 qubits");
  const Program program = compile(circuit);
  const std::size_t dimension = std::size_t{1} << circuit.qubits;
  // A few parts a thread: each allocates its own memory once.
  const std::size_t blocks = (count + lanes::width<T> - 1) / lanes::width<T>;
  const std::size_t parts = std::min(blocks, threads > 1 ? 4 * static_cast<std::size_t>(threads) : 1);
  parallel_for(parts, threads, [&](std::size_t part) {
    BlockRunner<T> runner(program);
    for (std::size_t block = part * blocks / parts; block < (part + 1) * blocks / parts; ++block) {
      const std::size_t first = block * lanes::width<T>;
      runner.run(inputs.data() + first * features, std::min(lanes::width<T>, count - first),
                 out + first * dimension);
    }
  });
}

template StateMatrix<float> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);
template StateMatrix<double> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);
template void run_circuit(const Circuit&, std::span<const double>, std::size_t, std::complex<float>*, int);
template void run_circuit(const Circuit&, std::span<const double>, std::size_t, std::complex<double>*, int);

}  // namespace qdose
