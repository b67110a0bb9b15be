// Evolution under any one- and two-qubit Pauli words, in the order they are named: zz is the case Z,ZZ.
#pragma once
#include <algorithm>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

/// "Z,YY" -> {"Z", "YY"}; empty when a word is none.
inline std::optional<std::vector<std::string>> pauli_words(std::string_view text) {
  std::vector<std::string> words{""};
  for (const char c : text) {
    if (c == ',')
      words.emplace_back();
    else
      words.back() += c;
  }
  for (const std::string& word : words)
    if (word.empty() || word.size() > 2 || word.find_first_not_of("XYZ") != std::string::npos)
      return std::nullopt;
  return words;
}

/// Turns the eigenbasis of a Pauli letter into that of Z, or back.
inline void change_basis(Circuit& circuit, char letter, int qubit, bool back) {
  if (letter == 'X') circuit.add(gate("h"), qubit);
  if (letter == 'Y') circuit.add(gate("rx"), qubit, Angle::fixed((back ? -0.5 : 0.5) * std::numbers::pi));
}

/// Each layer: H on all qubits, then for every word exp(-i phi P) on every qubit or pair, phi = x_i for one
/// letter and (pi - x_i)(pi - x_j) for two.
inline Circuit build_pauli(const MapShape& shape) {
  Circuit circuit{.qubits = shape.features, .features = shape.features, .operations = {}};
  const std::vector<std::string> words = pauli_words(shape.paulis).value_or(std::vector<std::string>{"Z"});
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int q = 0; q < shape.features; ++q) circuit.add(gate("h"), q);
    for (const std::string& word : words) {
      if (word.size() == 1)
        for (int q = 0; q < shape.features; ++q) {
          change_basis(circuit, word[0], q, false);
          circuit.add(gate("p"), q, Angle::input(q, 2));
          change_basis(circuit, word[0], q, true);
        }
      if (word.size() == 1 || !shape.entangled) continue;
      for (const auto& [i, j] : pairs(shape.pattern_or(Pattern::full), shape.features)) {
        change_basis(circuit, word[0], i, false), change_basis(circuit, word[1], j, false);
        circuit.add(gate("cx"), i, j);
        circuit.add(gate("p"), j, Angle::product(i, j, 2, std::numbers::pi));
        circuit.add(gate("cx"), i, j);
        change_basis(circuit, word[0], i, true), change_basis(circuit, word[1], j, true);
      }
    }
  }
  return circuit;
}

inline constexpr FeatureMap pauli{
    "pauli", "Pauli evolution: H, exp(-i x P), exp(-i (pi-x)(pi-y) PQ) on pairs, repeated",
    "Havlicek et al. 2019; Qiskit PauliFeatureMap", 0, build_pauli};

}  // namespace qdose::maps
