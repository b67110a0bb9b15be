// A small interpreter of OpenQASM 3, written from its specification and the textbook, not from the exporter:
// reads the text, multiplies matrices, returns the state.
#pragma once
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <complex>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace qdose::testing {

using Amplitudes = std::vector<std::complex<double>>;
using Variables = std::map<std::string, double>;

/// Numbers, names, + - * / and brackets.
class Expression {
 public:
  Expression(const std::string& text, const Variables& variables) : text_(text), variables_(variables) {}
  double value() {
    const double v = sum();
    EXPECT_EQ(at_, text_.size()) << "unread: " << text_.substr(at_);
    return v;
  }

 private:
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  double sum() {
    double v = term();
    for (char c = peek(); c == '+' || c == '-'; c = peek()) {
      ++at_;
      v += c == '+' ? term() : -term();
    }
    return v;
  }
  double term() {
    double v = factor();
    for (char c = peek(); c == '*' || c == '/'; c = peek()) {
      ++at_;
      c == '*' ? v *= factor() : v /= factor();
    }
    return v;
  }
  double factor() {
    const char c = peek();
    if (c == '-') return ++at_, -factor();
    if (c == '(') {
      ++at_;
      const double v = sum();
      EXPECT_EQ(peek(), ')');
      return ++at_, v;
    }
    if (std::isalpha(static_cast<unsigned char>(c))) {
      std::string name;
      while (at_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_]))) name += text_[at_++];
      EXPECT_TRUE(name == "pi" || variables_.contains(name)) << name;
      return name == "pi" ? std::acos(-1.0) : variables_.at(name);
    }
    std::size_t used = 0;
    const double v = std::stod(text_.substr(at_), &used);
    return at_ += used, v;
  }

  std::string text_;
  const Variables& variables_;
  std::size_t at_ = 0;
};

class QasmMachine {
 public:
  /// Runs a program with values for its inputs; all qubits start in |0>.
  Amplitudes run(std::string text, const Variables& inputs) {
    variables_ = inputs;
    std::size_t brace = 0;
    while ((brace = text.find("gate ")) !=
           std::string::npos) {  // definitions hold semicolons: take them out first
      const std::size_t end = text.find('}', brace);
      define(text.substr(brace + 5, end - brace - 5));
      text.erase(brace, end - brace + 1);
    }
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line, ';');) statement(trimmed(line));
    return state_;
  }
  bool measured() const { return measured_; }

 private:
  struct Definition {
    std::vector<std::string> parameters, qubits;
    std::string body;
  };

  static std::string trimmed(const std::string& s) {
    const auto a = s.find_first_not_of(" \n\t"), b = s.find_last_not_of(" \n\t");
    return a == std::string::npos ? "" : s.substr(a, b - a + 1);
  }
  static std::vector<std::string> split(const std::string& s, char by) {
    std::vector<std::string> parts;
    std::istringstream in(s);
    for (std::string part; std::getline(in, part, by);) parts.push_back(trimmed(part));
    return parts;
  }

  /// name(parameters) operands
  struct Call {
    std::string name, parameters, operands;
  };
  static Call call(const std::string& text) {
    const std::size_t name_end = text.find_first_of("( ");
    Call c{text.substr(0, name_end), "", ""};
    std::size_t rest = name_end;
    if (text[name_end] == '(') {
      int depth = 0;
      while (rest < text.size()) {
        depth += text[rest] == '(' ? 1 : text[rest] == ')' ? -1 : 0;
        ++rest;
        if (depth == 0) break;
      }
      c.parameters = text.substr(name_end + 1, rest - name_end - 2);
    }
    c.operands = trimmed(text.substr(rest));
    return c;
  }

  void define(const std::string& text) {
    const std::size_t open = text.find('{');
    const Call head = call(trimmed(text.substr(0, open)));
    definitions_[head.name] = {split(head.parameters, ','), split(head.operands, ','), text.substr(open + 1)};
  }

  void statement(const std::string& line) {
    if (line.empty() || line == "OPENQASM 3.0" || line.starts_with("include") || line.starts_with("bit["))
      return;
    if (line.starts_with("input float[64] ")) {
      EXPECT_TRUE(variables_.contains(line.substr(16))) << line;
    } else if (line.starts_with("qubit[")) {
      state_.assign(std::size_t{1} << std::stoi(line.substr(6)), 0);
      state_[0] = 1;
    } else if (line == "c = measure q") {
      measured_ = true;
    } else {
      const bool inverse = line.starts_with("inv @ ");
      const Call c = call(inverse ? line.substr(6) : line);
      std::vector<int> qubits;
      for (const std::string& operand : split(c.operands, ',')) {
        EXPECT_TRUE(operand.starts_with("q[")) << line;
        qubits.push_back(std::stoi(operand.substr(2)));
      }
      std::vector<double> angles;
      if (!c.parameters.empty()) angles.push_back(Expression(c.parameters, variables_).value());
      apply(c.name, angles, qubits, inverse);
    }
  }

  void apply(const std::string& name, std::vector<double> angles, const std::vector<int>& qubits,
             bool inverse) {
    if (const auto own = definitions_.find(name); own != definitions_.end()) {
      EXPECT_FALSE(inverse && name != "rzz") << "inverse of a definition";
      if (inverse) angles[0] = -angles[0];
      for (const std::string& part : split(own->second.body, ';')) {
        if (part.empty()) continue;
        const Call c = call(part);
        Variables local{{own->second.parameters[0], angles[0]}};
        std::vector<double> inner;
        if (!c.parameters.empty()) inner.push_back(Expression(c.parameters, local).value());
        std::vector<int> on;
        for (const std::string& operand : split(c.operands, ','))
          on.push_back(operand == own->second.qubits[0] ? qubits[0] : qubits[1]);
        apply(c.name, inner, on, false);
      }
      return;
    }
    const bool controlled = name[0] == 'c';
    const std::string base = controlled ? name.substr(1) : name;
    const double t =
        angles.empty() ? 0 : (inverse ? -angles[0] : angles[0]);  // h, x, z are their own inverses
    const std::complex<double> i(0, 1);
    std::complex<double> m[2][2] = {{1, 0}, {0, 1}};
    const auto set = [&](auto a, auto b, auto c, auto d) {
      m[0][0] = a, m[0][1] = b, m[1][0] = c, m[1][1] = d;
    };
    if (base == "h")
      set(std::sqrt(0.5), std::sqrt(0.5), std::sqrt(0.5), -std::sqrt(0.5));
    else if (base == "x")
      set(0, 1, 1, 0);
    else if (base == "z")
      set(1, 0, 0, -1);
    else if (base == "rx")
      set(std::cos(t / 2), -i * std::sin(t / 2), -i * std::sin(t / 2), std::cos(t / 2));
    else if (base == "ry")
      set(std::cos(t / 2), -std::sin(t / 2), std::sin(t / 2), std::cos(t / 2));
    else if (base == "rz")
      set(std::exp(-i * t / 2.0), 0, 0, std::exp(i * t / 2.0));
    else if (base == "p")
      set(1, 0, 0, std::exp(i * t));
    else
      ADD_FAILURE() << "unknown gate " << name;
    const std::size_t target = std::size_t{1} << qubits.back(),
                      control = controlled ? std::size_t{1} << qubits.front() : 0;
    for (std::size_t k = 0; k < state_.size(); ++k) {
      if ((k & target) != 0 || (k & control) != control) continue;
      const auto zero = state_[k], one = state_[k | target];
      state_[k] = m[0][0] * zero + m[0][1] * one, state_[k | target] = m[1][0] * zero + m[1][1] * one;
    }
  }

  Amplitudes state_;
  Variables variables_;
  std::map<std::string, Definition> definitions_;
  bool measured_ = false;
};

}  // namespace qdose::testing
