// The answers as a table for a terminal.
#include <fmt/format.h>

#include <cstdlib>

#include "app/dose_stage.hpp"

namespace qdose {
namespace {

/// Four digits, large numbers without an exponent.
std::string number_or_none(const std::optional<double>& x) {
  if (!x) return "none";
  const std::string short_form = fmt::format("{:.4g}", *x);
  return *x < 1e4 ? short_form : fmt::format("{:.0f}", std::strtod(short_form.c_str(), nullptr));
}

std::string dose_text(const DoseAnswer& a, const std::string& unit) {
  if (!a.dose_mg) return fmt::format("none (best {:.0f}%)", 100 * a.attainment.mean);
  return fmt::format("{:g} {}", *a.dose_mg, unit);
}

std::string band_text(const DoseAnswer& a) {
  return fmt::format("{} ({} to {})", number_or_none(a.crossing_dose_mg), number_or_none(a.crossing_q5),
                     number_or_none(a.crossing_q95));
}

std::string sure_text(const DoseAnswer& a) {
  std::string text;
  for (const AssuredDose& assured : a.assured)
    text += (text.empty() ? "" : " / ") + number_or_none(assured.dose_mg);
  return text;
}

/// Under each assumption: the crossing of every question, in the order of the reference line.
std::string sensitivity_text(const Doses& doses) {
  if (doses.sensitivity.empty()) return "";
  std::string text = "\n\nUnder other assumptions (exact crossing of the same few virtual subjects)\n", last,
              line;
  std::string heads, reference;
  for (const SensitivityRow& row : doses.sensitivity) {
    if (row.assumption != doses.sensitivity.front().assumption) break;
    heads += fmt::format(" {:>10}", row.scenario + " " + row.regimen.substr(0, 1));
    reference += fmt::format(" {:>10}", number_or_none(row.reference_mg));
  }
  text += fmt::format("{:<82}{}\n{:<82}{}", "", heads, "as answered", reference);
  for (const SensitivityRow& row : doses.sensitivity) {
    if (row.assumption != last) text += fmt::format("\n{:<82}", last = row.assumption);
    text += fmt::format(" {:>10}", number_or_none(row.crossing_dose_mg));
  }
  return text;
}

std::string details_text(const Doses& doses) {
  std::string text;
  if (doses.models.size() > 1) {
    text += "\naverage over:";
    for (const AveragedModel& m : doses.models)
      text += fmt::format(" {} + {} ({:.2f})", m.pk_class, m.pd_class, m.weight);
  }
  for (const SourceDifference& d : doses.differences)
    text += fmt::format("\n{} {} {:.0f}%: posterior {}, kernel {}: {}", d.scenario, d.regimen, 100 * d.target,
                        number_or_none(d.posterior_mg), number_or_none(d.kernel_mg), d.reason);
  for (const RegimenComparison& c : doses.comparisons)
    if (c.source == "posterior") text += fmt::format("\n{} {:.0f}%: {}", c.scenario, 100 * c.target, c.words);
  for (const PointPrediction& p : doses.point_predictions)
    if (p.dose_mg)
      text += fmt::format(
          "\npoint predictions ({}), {} {} {:.0f}%: would answer {:g}, which keeps {:.0f}% ({:.0f} to "
          "{:.0f})",
          p.source, p.scenario, p.regimen, 100 * p.target, *p.dose_mg, 100 * p.covered_mean,
          100 * p.covered_q5, 100 * p.covered_q95);
  return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string answer_text(const Doses& doses) {
  std::string text;
  if (!doses.answers.empty())
    text = fmt::format("Goal: {} ({})\n\n", doses.answers.front().endpoint,
                       doses.residual == "included" ? "a measured value, with residual error"
                                                    : "the true value, residual error excluded");
  text += fmt::format("{:<9} {:<8} {:>6}  {:<10} {:<18} {:<26} {:<20} {:<14} {}\n", "scenario", "regimen",
                      "target", "source", "dose", "exact crossing (90% band)", "attained (90% band)",
                      "80 / 90% sure", "P(target met)");
  for (const DoseAnswer& a : doses.answers)
    text += fmt::format("{:<9} {:<8} {:>5.0f}%  {:<10} {:<18} {:<26} {:<20} {:<14} {:.2f}{}\n", a.scenario,
                        a.regimen, 100 * a.target, a.source, dose_text(a, doses.dose_unit), band_text(a),
                        fmt::format("{:.0f}% ({:.0f} to {:.0f})", 100 * a.attainment.mean,
                                    100 * a.attainment.q5, 100 * a.attainment.q95),
                        sure_text(a), a.probability_target_met, a.extrapolates ? "  beyond the trial" : "");
  text += details_text(doses) + sensitivity_text(doses);
  for (const std::string& note : doses.notes) text += "\nnote: " + note;
  return text;
}

}  // namespace qdose
