// The truth of a virtual trial as JSON.
#include <fmt/format.h>

#include <iterator>

#include "qdose/base/text.hpp"
#include "qdose/simulate/virtual_trial.hpp"

namespace qdose {
namespace {

/// "[a,b]" or "{a,b}" of texts that are JSON already.
template <class List, class Text>
std::string joined(char open, char close, const List& list, Text text) {
  std::string out(1, open);
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += ",";
    first = false;
    out += text(item);
  }
  return out + close;
}

std::string individual_json(const VirtualTrial& made, std::size_t subject) {
  std::string out = fmt::format("    {{\"id\": {}", json_string(made.trial.subjects[subject].id));
  for (std::size_t i = 0; i < made.truth.parameters.size(); ++i)
    out += fmt::format(", {}: {:.8g}", json_string(made.truth.parameters[i].symbol),
                       made.individual[subject][i]);
  return out + "}";
}

}  // namespace

std::string truth_json(const VirtualTrial& made, const TrialDesign& design, std::uint64_t seed) {
  const TrialTruth& truth = made.truth;
  std::string out = "{\n";
  auto line = std::back_inserter(out);
  fmt::format_to(line, "  \"seed\": {},\n", seed);
  fmt::format_to(line, "  \"pk_class\": {},\n  \"pd_class\": {},\n", json_string(truth.pk->about.id),
                 json_string(truth.pd->about.id));
  fmt::format_to(
      line, "  \"parameters\": {},\n", joined('{', '}', truth.parameters, [](const TrueParameter& p) {
        return fmt::format(
            "\n    {}: {{\"typical\": {:.8g}, \"omega\": {:.8g}, \"scale\": \"{}\", \"unit\": {}}}",
            json_string(p.symbol), p.typical, p.omega, p.scale == Scale::log ? "log" : "logit",
            json_string(p.unit));
      }));
  fmt::format_to(
      line, "  \"covariate_effects\": {},\n", joined('{', '}', truth.effects, [](const TrueEffect& e) {
        return fmt::format("\n    {}: {:.8g}", json_string(e.covariate + "_on_" + e.parameter), e.beta);
      }));
  fmt::format_to(line, "  \"reference\": {{\"BW\": {:.8g}, \"COMED\": 0}},\n", made.reference_weight);
  fmt::format_to(line,
                 "  \"residual\": {{\"pk_proportional\": {:.8g}, \"pd_proportional\": {:.8g}, "
                 "\"pk_additive\": {:.8g}, \"pd_additive\": {:.8g}, \"quantification_limit\": {:.8g}}},\n",
                 truth.pk_proportional, truth.pd_proportional, truth.pk_additive, truth.pd_additive,
                 made.quantification_limit);
  fmt::format_to(
      line,
      "  \"design\": {{\"levels\": {}, \"subjects_an_arm\": {}, \"doses\": {}, \"interval_h\": {:.8g}, "
      "\"infusion_h\": {:.8g}, \"missed_doses\": {:.8g}, \"irregular_h\": {:.8g}, \"missing\": {:.8g}, "
      "\"sparse\": {}}},\n",
      joined('[', ']', design.levels, [](double x) { return fmt::format(" {:.8g}", x); }), design.subjects,
      design.doses, design.interval, design.infusion, design.missed_doses, design.irregular, design.missing,
      design.sparse);
  fmt::format_to(line, "  \"question\": {{\"threshold\": {:.8g}, \"direction\": \"{}\"}},\n", made.threshold,
                 made.keep_below ? "below" : "above");
  out += "  \"subjects\": [\n";
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i)
    out += individual_json(made, i) + (i + 1 < made.trial.subjects.size() ? ",\n" : "\n");
  return out + "  ]\n}\n";
}

}  // namespace qdose
