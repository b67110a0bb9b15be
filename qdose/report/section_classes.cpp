#include <fmt/format.h>

#include <algorithm>

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/likelihood_table.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number, html::percent;

std::string title_of(const RunInfo& info, const std::string& id) {
  const ClassInfo* known = find_class(info, id);
  return known ? fmt::format("<b>{}</b> ({})", escape(id), escape(known->title))
               : fmt::format("<b>{}</b>", escape(id));
}

double probability(const ClassPosterior& role) {
  const auto found = role.probabilities.find(role.model);
  return found == role.probabilities.end() ? 0 : found->second;
}

std::string verdict(const ClassPosterior& role, const RunInfo& info) {
  const auto agree = std::count_if(role.subjects.begin(), role.subjects.end(),
                                   [&](const SubjectSelection& s) { return s.model == role.model; });
  std::string out = fmt::format("Selected: {}, probability {} for the trial as a whole",
                                title_of(info, role.model), percent(probability(role)));
  if (!role.subjects.empty())
    out +=
        fmt::format("; on their own data alone {} of {} subjects point to it", agree, role.subjects.size());
  out += role.in_catalogue
             ? "."
             : ". <span class=\"flag\">No class of the catalogue explains the data well.</span>";
  return html::paragraph(out + " " + choice_words(role));
}

SymbolInfo symbol_info(const RunInfo& info, const std::string& id, const std::string& symbol) {
  if (const ClassInfo* known = find_class(info, id))
    for (const SymbolInfo& s : known->parameters)
      if (s.symbol == symbol) return s;
  return {symbol, "", ""};
}

std::string range_table(const ClassPosterior& role, const RunInfo& info) {
  if (role.parameter_ranges.empty()) return "";
  html::Table table;
  table.caption =
      "Where Stage 1 places the parameters of the selected class: quantiles over subjects. Stage 2 refines "
      "them.";
  table.head = {"Parameter", "Meaning", "Unit", "5%", "Median", "95%"};
  table.text_columns = {0, 1, 2};
  for (const auto& [name, range] : role.parameter_ranges) {
    const SymbolInfo s = symbol_info(info, role.model, name);
    table.rows.push_back({escape(name), escape(s.meaning), escape(s.unit), number(range.p5),
                          number(range.p50), number(range.p95)});
  }
  return html::render(table);
}

std::string equations(const ClassPosterior& role, const RunInfo& info) {
  const ClassInfo* known = find_class(info, role.model);
  if (!known || known->equations.empty()) return "";
  std::string lines;
  for (const std::string& line : known->equations) lines += escape(line) + '\n';
  return fmt::format("<details><summary>Equations of {}</summary><pre>{}</pre></details>\n",
                     escape(role.model), lines);
}

std::string role_part(const ClassPosterior& role, const RunInfo& info, const char* key, const char* title) {
  std::string out = fmt::format("<h3>{}</h3>\n", title);
  if (role.probabilities.empty()) return out + html::paragraph("No class was selected here in this run.");
  out += verdict(role, info) + equations(role, info);
  out += html::plot(fmt::format("classes_{}", key),
                    fmt::format("Probability of every {} class for the trial", title),
                    "Probability of every class for the trial as a whole, all subjects together.");
  if (!role.subjects.empty())
    out += html::plot(
        fmt::format("subjects_{}", key),
        fmt::format("Probability of every {} class, subject by subject", title),
        "One column a subject, judged on its own data: the stronger the colour, the more probable.");
  out += likelihood_table(role) + range_table(role, info);
  if (!role.parameter_ranges.empty())
    out += html::plot(
        fmt::format("ranges_{}", key), fmt::format("Parameter ranges of the selected {} class", title),
        "5% to 95% over subjects, mark at the median; every parameter in its own unit, logarithmic axis.");
  return out;
}

}  // namespace

std::string classes_section(const RunResults& results) {
  const Selection& selection = results.selection;
  const char* title = "Stage 1: which model?";
  if (selection.pk.probabilities.empty() && selection.pd.probabilities.empty())
    return html::section("classes", title,
                         html::paragraph("Stage 1 was not run: the model classes were given."));
  std::string content = html::paragraph(
      fmt::format("A Transformer encoder, trained on simulated trials, gives every {} of the "
                  "catalogue a probability; the likelihood of population fits confirms or overrules it.",
                  term("class")));
  content += role_part(selection.pk, results.info, "pk", "Concentration (PK)");
  content += role_part(selection.pd, results.info, "pd", "Biomarker (PD)");
  content += encoders_part(results);
  return html::section("classes", title, content);
}

}  // namespace qdose
