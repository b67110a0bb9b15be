#include <fmt/format.h>

#include <cmath>

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {

std::string explorer_section(const RunResults& results) {
  if (results.subjects.empty()) return "";
  const VirtualSubjects& s = results.subjects;
  std::string content = html::paragraph(fmt::format(
      "Ask for other people, another threshold, share or dose. The page carries {} virtual subjects in {} "
      "variants of their covariates, each with the dose that it needs under every regimen, and counts "
      "them again at every change.",
      s.people(), s.variants()));
  content += html::plot(
      "explorer",
      "Dose explorer: choices, the share of the people that a dose keeps, and the dose that each needs",
      fmt::format(
          "<span class=\"screen-only\">Drag on the curve, or use the dose slider. </span>Shaded: {}, of one "
          "width on the logit scale. "
          "The answers above rest on more subjects of the same posterior; that there are only so many here "
          "moves a share of 90% by {:.1f} percentage points (standard error).",
          term("band"), 100 * std::sqrt(0.9 * 0.1 / static_cast<double>(s.people()))));
  return html::section("explorer", "Dose explorer", content);
}

}  // namespace qdose
