#include "qdose/stage3_covariates/program.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace qdose {
namespace {

bool diagonal(QubitMatrix (*matrix)(double)) {
  return std::ranges::all_of(std::array{0.7, 1.9}, [&](double angle) {
    const QubitMatrix m = matrix(angle);
    return m.b == 0.0 && m.c == 0.0;
  });
}

bool is_cnot(const Gate& gate) { return gate.on == gates::x && gate.off == gates::identity; }

/// Phase of a diagonal's entry as slope * angle + constant: gates turn by at most pi for the angle 1.
ParityPhase entry_phase(const Gate& gate, bool control, bool target) {
  const auto matrix = gate.off != nullptr && !control ? gate.off : gate.on;
  const auto entry = [&](double angle) { return target ? matrix(angle).d : matrix(angle).a; };
  const double constant = std::arg(entry(0));
  return {0, gate.has_angle ? std::arg(entry(1) * std::conj(entry(0))) : 0.0, constant};
}

/// Walsh transform of the entries' phases over the one or two qubits of a gate, as phases on parities.
PhaseGate phase_gate(const Operation& operation, std::size_t control_mask, std::size_t target_mask) {
  PhaseGate result{operation.gate->has_angle ? operation.angle : Angle{}, {}};
  const bool two = operation.gate->qubits == 2;
  for (const std::size_t on_control : {0, 1})
    for (const std::size_t on_target : {0, 1}) {
      if (on_control && !two) continue;
      ParityPhase sum{(on_control ? control_mask : 0) ^ (on_target ? target_mask : 0), 0, 0};
      for (const std::size_t c : {0, 1})
        for (const std::size_t t : {0, 1}) {
          if (c && !two) continue;
          const ParityPhase entry = entry_phase(*operation.gate, c != 0, t != 0);
          const double sign = ((c & on_control) ^ (t & on_target)) != 0 ? -1 : 1;
          sum.slope += sign * entry.slope / (two ? 4 : 2),
              sum.constant += sign * entry.constant / (two ? 4 : 2);
        }
      if (sum.slope != 0 || sum.constant != 0) result.phases.push_back(sum);
    }
  return result;
}

/// Collects gates into steps.
class Compiler {
 public:
  explicit Compiler(const Circuit& circuit) {
    program_.qubits = circuit.qubits, program_.features = circuit.features;
    for (const Operation& operation : circuit.operations) add(operation);
    close_local(), close_diagonal();
  }
  Program take() { return std::move(program_); }

 private:
  void add(const Operation& operation) {
    const Gate& gate = *operation.gate;
    const bool turns_phases = diagonal(gate.on) && (gate.off == nullptr || diagonal(gate.off));
    if (turns_phases || is_cnot(gate)) {
      close_local();
      add_to_diagonal(operation, turns_phases);
    } else if (gate.qubits == 1) {
      close_diagonal();
      if (local_.empty()) local_.resize(static_cast<std::size_t>(program_.qubits));
      local_[static_cast<std::size_t>(operation.target)].push_back(operation);
    } else {
      close_local(), close_diagonal();
      program_.steps.push_back(ControlledStep{operation});
    }
  }

  void add_to_diagonal(const Operation& operation, bool turns_phases) {
    if (masks_.empty())
      for (int q = 0; q < program_.qubits; ++q) masks_.push_back(std::size_t{1} << q);
    std::size_t& target = masks_[static_cast<std::size_t>(operation.target)];
    const std::size_t control =
        operation.control < 0 ? 0 : masks_[static_cast<std::size_t>(operation.control)];
    if (turns_phases)
      phases_.push_back(phase_gate(operation, control, target));
    else
      target ^= control;
  }

  void close_local() {
    if (local_.empty()) return;
    LocalStep step;
    for (std::size_t q = 0; q < local_.size(); ++q) {
      if (local_[q].size() != 1 || local_[q].front().gate->on != gates::h) continue;
      step.hadamards |= std::size_t{1} << q;
      program_.scale /= std::numbers::sqrt2;
      local_[q].clear();
    }
    step.others = std::move(local_);
    local_.clear();
    program_.steps.push_back(std::move(step));
  }

  void close_diagonal() {
    if (masks_.empty()) return;
    auto& all = program_.diagonals;
    const auto known = std::ranges::find(all, phases_);
    DiagonalStep step{static_cast<std::size_t>(known - all.begin()), moves()};
    if (known == all.end()) all.push_back(std::move(phases_));
    program_.steps.push_back(std::move(step));
    masks_.clear(), phases_.clear();
  }

  /// Where the CNOTs move each basis state; empty when they cancel.
  std::vector<std::uint32_t> moves() const {
    bool stays = true;
    for (std::size_t q = 0; q < masks_.size(); ++q) stays &= masks_[q] == std::size_t{1} << q;
    if (stays) return {};
    std::vector<std::uint32_t> moved_to(std::size_t{1} << program_.qubits, 0);
    for (std::size_t k = 0; k < moved_to.size(); ++k)
      for (std::size_t q = 0; q < masks_.size(); ++q)
        moved_to[k] |= static_cast<std::uint32_t>(std::popcount(k & masks_[q]) & 1) << q;
    return moved_to;
  }

  Program program_;
  std::vector<std::vector<Operation>> local_;
  Diagonal phases_;
  std::vector<std::size_t> masks_;  ///< parity of the index that each qubit holds; empty: no diagonal is open
};

}  // namespace

Program compile(const Circuit& circuit) { return Compiler(circuit).take(); }

}  // namespace qdose
