// A scalar that remembers how it was computed: it prints the equations that a class really solves.
#pragma once
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

namespace qdose {

class Formula {
 public:
  Formula() = default;
  Formula(double constant) : text_(number(constant)), strength_(constant < 0 ? sum : atom) {}
  static Formula symbol(std::string name) { return {std::move(name), atom}; }

  const std::string& text() const { return text_; }

  friend Formula operator+(const Formula& a, const Formula& b) {
    return {a.at(sum) + " + " + b.at(sum), sum};
  }
  friend Formula operator-(const Formula& a, const Formula& b) {
    return {a.at(sum) + " - " + b.at(product), sum};
  }
  friend Formula operator*(const Formula& a, const Formula& b) {
    return {a.at(product) + " * " + b.at(product), product};
  }
  friend Formula operator/(const Formula& a, const Formula& b) {
    return {a.at(product) + "/" + b.at(atom), product};
  }
  friend Formula operator-(const Formula& a) { return {"-" + a.at(product), sum}; }
  friend Formula exp(const Formula& a) { return {"exp(" + a.text_ + ")", atom}; }
  friend Formula log(const Formula& a) { return {"ln(" + a.text_ + ")", atom}; }
  friend Formula sqrt(const Formula& a) { return {"sqrt(" + a.text_ + ")", atom}; }
  friend Formula pow(const Formula& a, const Formula& b) { return {a.at(atom) + "^" + b.at(atom), atom}; }

  /// The question whether one value is smaller than another, undecided.
  struct Less {
    std::string small, large;
  };
  friend Less operator<(const Formula& a, const Formula& b) { return {a.text_, b.text_}; }
  /// select(a < b, b, a) reads max(b, a), select(a < b, a, b) reads min(a, b).
  friend Formula select(const Less& question, const Formula& yes, const Formula& no) {
    const std::string pair = "(" + yes.text_ + ", " + no.text_ + ")";
    if (question.small == no.text_ && question.large == yes.text_) return {"max" + pair, atom};
    if (question.small == yes.text_ && question.large == no.text_) return {"min" + pair, atom};
    return {"if(" + question.small + " < " + question.large + ", " + yes.text_ + ", " + no.text_ + ")", atom};
  }

 private:
  enum Strength { sum, product, atom };

  Formula(std::string text, Strength strength) : text_(std::move(text)), strength_(strength) {}

  /// The text, in parentheses where it binds weaker than its place asks for.
  std::string at(Strength least) const { return strength_ < least ? "(" + text_ + ")" : text_; }

  static std::string number(double constant) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.12g", constant);
    return digits;
  }

  std::string text_ = "0";
  Strength strength_ = atom;
};

}  // namespace qdose
