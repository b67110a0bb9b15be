#include "qdose/report/likelihood_table.hpp"

#include <fmt/format.h>

#include "qdose/report/html.hpp"

namespace qdose {

using html::escape, html::number;

std::string choice_words(const ClassPosterior& role) {
  if (role.selected_by == "both") return "The encoder and the likelihood agree on it.";
  if (role.selected_by == "user") return "It was given by the user.";
  if (role.selected_by == "encoder")
    return role.likelihood.empty() ? "The encoder decided; the classes were not compared by likelihood."
                                   : "The encoder is surer of it than the likelihood is of another class.";
  if (role.selected_by == "likelihood" && role.encoder_model.empty())
    return "The likelihood decided; no encoder was asked.";
  if (role.selected_by == "likelihood")
    return fmt::format("The likelihood is surer of it than the encoder, which would have said {}.",
                       escape(role.encoder_model));
  return "";
}

std::string likelihood_table(const ClassPosterior& role) {
  if (role.likelihood.empty()) return "";
  html::Table table;
  table.caption =
      "<b>Second opinion.</b> Every admitted class fitted to all subjects: marginal log likelihood "
      "(Laplace), BIC above the "
      "best, and the probability that follows among these classes.";
  table.head = {"Class", "Encoder", "Likelihood", "log likelihood", "BIC above best", "Fit"};
  table.text_columns = {0, 5};
  const double best = role.likelihood.front().bic;
  for (const ClassFit& fit : role.likelihood) {
    const auto seen = role.probabilities.find(fit.model);
    const std::string name = escape(fit.model);
    table.rows.push_back({fit.model == role.model ? fmt::format("<b>{}</b>", name) : name,
                          seen == role.probabilities.end() ? "–" : number(seen->second, 2),
                          number(fit.probability, 2), number(fit.log_likelihood, 5), number(fit.bic - best),
                          fit.converged ? "converged" : "<span class=\"flag\">not converged</span>"});
  }
  return html::render(table);
}

}  // namespace qdose
