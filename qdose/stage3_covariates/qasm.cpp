#include "qdose/stage3_covariates/qasm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace qdose {
namespace {

/// The angle as an expression of the inputs `x`0, `x`1, ... with all digits of its constants.
std::string expression(const Angle& angle, char x) {
  if (angle.scale == 0) return fmt::format("{:.17g}", angle.constant);
  std::string text = angle.constant == 0 ? "" : fmt::format("{:.17g} + ", angle.constant);
  text += fmt::format("{:.17g}", angle.scale);
  for (const int feature : {angle.first, angle.second}) {
    if (feature < 0) continue;
    text += angle.shift == 0 ? fmt::format(" * {}{}", x, feature)
                             : fmt::format(" * ({}{} - {:.17g})", x, feature, angle.shift);
  }
  return text;
}

std::string statement(const Operation& operation, const char* modifier, char x) {
  std::string text = fmt::format("{}{}", modifier, operation.gate->name);
  if (operation.gate->has_angle) text += fmt::format("({})", expression(operation.angle, x));
  if (operation.control >= 0) text += fmt::format(" q[{}],", operation.control);
  return text + fmt::format(" q[{}];\n", operation.target);
}

/// Version, gates that stdgates.inc lacks, inputs and qubits.
std::string preamble(const Circuit& circuit, std::string_view input_letters) {
  std::string text = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";
  for (const Gate& gate : gates::table)
    if (!gate.qasm_definition.empty() &&
        std::ranges::any_of(circuit.operations, [&](const Operation& o) { return o.gate == &gate; }))
      text += fmt::format("{}\n", gate.qasm_definition);
  for (const char letter : input_letters)
    for (int k = 0; k < circuit.features; ++k) text += fmt::format("input float[64] {}{};\n", letter, k);
  return text + fmt::format("qubit[{}] q;\n", circuit.qubits);
}

}  // namespace

std::string to_qasm(const Circuit& circuit) {
  std::string text = preamble(circuit, "x");
  for (const Operation& operation : circuit.operations) text += statement(operation, "", 'x');
  return text;
}

std::string overlap_to_qasm(const Circuit& circuit) {
  std::string text = preamble(circuit, "xy") + fmt::format("bit[{}] c;\n", circuit.qubits);
  for (const Operation& operation : circuit.operations) text += statement(operation, "", 'x');
  for (const Operation& operation : circuit.operations | std::views::reverse)
    text += statement(operation, "inv @ ", 'y');
  return text + "c = measure q;\n";
}

}  // namespace qdose
