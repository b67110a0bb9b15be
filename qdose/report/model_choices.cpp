#include "qdose/report/model_choices.hpp"

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"

namespace qdose {
namespace {

std::string kept_words(bool kept) { return kept ? "yes" : "no"; }

std::string variability_table(const Fit& fit) {
  if (fit.variabilities.empty()) return "";
  html::Table table;
  table.caption = "Which parameters vary between subjects: probability from even odds, and what " +
                  term("omega") + " may be.";
  table.head = {"Parameter", "Probability", "Likeliest omega", "Below, with 95%", "In the model"};
  table.text_columns = {0, 4};
  for (const VariabilityChoice& choice : fit.variabilities)
    table.rows.push_back({html::escape(choice.parameter), html::percent(choice.probability),
                          html::number(choice.omega, 2), html::number(choice.upper, 2),
                          kept_words(choice.kept)});
  return html::render(table);
}

std::string effect_table(const Fit& fit) {
  if (fit.effects.empty()) return "";
  html::Table table;
  table.caption = "Which covariates act: probability from even odds, and the coefficient.";
  table.head = {"Effect", "Probability", "Mean", "SD", "In the model"};
  table.text_columns = {0, 4};
  for (const EffectChoice& choice : fit.effects)
    table.rows.push_back({html::escape(choice.name), html::percent(choice.probability),
                          html::number(choice.mean, 2), html::number(choice.sd, 2), kept_words(choice.kept)});
  return html::render(table);
}

}  // namespace

std::string choice_tables(const Fit& fit) {
  const std::string tables = variability_table(fit) + effect_table(fit);
  if (tables.empty()) return "";
  return "<details><summary>What the model contains, and what was considered</summary>\n" + tables +
         "</details>\n";
}

}  // namespace qdose
