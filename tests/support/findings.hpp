// What a check has against a class: sentences, none when all is well.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace qdose {

using Findings = std::vector<std::string>;

/// Notes a disagreement of two numbers beyond `tolerance` times `scale`; NaN always disagrees.
inline void compare(Findings& findings, std::string_view what, double got, double expected, double scale,
                    double tolerance) {
  if (!(std::abs(got - expected) <= tolerance * scale))
    findings.push_back(fmt::format("{}: {:.15g}, expected {:.15g} (off by {:.2g} of {:.3g})", what, got,
                                   expected, std::abs(got - expected) / scale, scale));
}

/// True when some finding contains the words.
inline bool mentions(const Findings& findings, std::string_view words) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const std::string& f) { return f.find(words) != f.npos; });
}

/// All findings as one text, at most ten.
inline std::string describe(const Findings& findings) {
  std::string text;
  for (std::size_t i = 0; i < findings.size() && i < 10; ++i) text += findings[i] + "\n";
  if (findings.size() > 10) text += fmt::format("and {} more\n", findings.size() - 10);
  return text;
}

}  // namespace qdose
