#include <fmt/format.h>

#include "qdose/report/cautions.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number;

std::string run_table(const RunInfo& info) {
  html::Table table;
  table.caption = "The run.";
  table.head = {"What", "Value"};
  table.text_columns = {0, 1};
  const auto row = [&](const char* name, std::string value) {
    if (!value.empty()) table.rows.push_back({name, escape(value)});
  };
  row("Trial file", info.trial.file);
  row("Program", "qdose " + info.version);
  row("Started (UTC)", info.started);
  row("Seed", std::to_string(info.seed));
  row("Threads", info.threads > 0 ? std::to_string(info.threads) : "");
  row("Instruction set", info.kernels);
  if (!info.command_line.empty())
    table.rows.push_back({"Command line", fmt::format("<code>{}</code>", escape(info.command_line))});
  return html::render(table);
}

std::string seconds_table(const RunInfo& info) {
  if (info.stages.empty()) return "";
  html::Table table;
  table.caption = "Time.";
  table.head = {"Stage", "Seconds"};
  for (const StageSeconds& stage : info.stages)
    table.rows.push_back({escape(stage.stage), number(stage.seconds)});
  return html::render(table);
}

std::string settings_table(const RunInfo& info) {
  if (info.settings.empty()) return "";
  html::Table table;
  table.caption = "Every setting by its name in the configuration file.";
  table.head = {"Setting", "Value"};
  table.text_columns = {0, 1};
  for (const Setting& setting : info.settings)
    table.rows.push_back({fmt::format("<code>{}</code>", escape(setting.name)), escape(setting.value)});
  return fmt::format("<details><summary>Settings ({})</summary>{}</details>\n", info.settings.size(),
                     html::render(table));
}

constexpr std::string_view how_it_was_done = R"(<ol>
<li><b>Stage 1</b> gives every model class of the catalogue a probability: a Transformer encoder that learned from
simulated trials reads the subjects' data, and the likelihood of population fits confirms or overrules it.</li>
<li><b>Stage 2</b> fits the chosen pair of classes to all subjects at once, with parameters that vary between subjects
and depend on covariates, by Hamiltonian Monte Carlo. Its draws hold everything that the trial leaves possible.</li>
<li><b>Stage 3</b> predicts the subjects' parameters from covariates alone by quantum-kernel regression, next to
ordinary regressions.</li>
<li><b>The dose search</b> draws virtual subjects (covariates, one posterior draw, random effects), solves their
periodic steady state and counts those whose biomarker stays on the right side of the threshold during the whole
interval. All doses see the same virtual subjects.</li>
</ol>
)";

std::string notes_list(const RunResults& results) {
  std::string out;
  for (const Caution& caution : cautions(results))
    out += fmt::format("<li>{}{} {}</li>\n",
                       caution.weight == Weight::warning ? "<span class=\"flag\">▲ warning:</span> " : "",
                       escape(caution.text), link_to(caution));
  return out.empty() ? html::paragraph("Nothing to note.") : "<ul>\n" + out + "</ul>\n";
}

}  // namespace

std::string methods_section(const RunResults& results) {
  const RunInfo& info = results.info;
  std::string content = std::string(how_it_was_done) + "<div class=\"columns\">" + run_table(info) +
                        seconds_table(info) + "</div>" + settings_table(info);
  content += "<h3 id=\"notes\">Warnings and notes</h3>\n" + notes_list(results);
  content += "<h3>Words used here</h3>\n" + glossary();
  return html::section("methods", "Methods, settings, notes", content);
}

}  // namespace qdose
