#include "qdose/report/report.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/report/assets.hpp"
#include "qdose/report/compact.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/plot_data.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

struct Section {
  const char *id, *short_title;
  std::string (*render)(const RunResults&);
};

constexpr std::array sections{
    Section{"answer", "The answer", answer_section},
    Section{"explorer", "Dose explorer", explorer_section},
    Section{"curves", "Attainment curves", curves_section},
    Section{"details", "Behind the doses", dose_details_section},
    Section{"trial", "The trial", trial_section},
    Section{"classes", "Stage 1: model", classes_section},
    Section{"population", "Stage 2: population", population_section},
    Section{"fits", "Stage 2: fits", fits_section},
    Section{"covariates", "Stage 3: covariates", covariates_section},
    Section{"reference", "Beside the reference", reference_section},
    Section{"methods", "Methods and notes", methods_section},
};

/// Everything that the page may do is in it: the policy forbids any request to the outside.
constexpr std::string_view policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

std::string page_head(const RunResults& results, const std::string& title) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"generator\" content=\"qdose {}\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n",
      policy, html::escape(results.info.version), title, style_sheet());
}

std::string page_header(const RunResults& results, const std::string& title) {
  return fmt::format("<header>\n<h1>{}</h1>\n<p>qdose {}{}{}, seed {}</p>\n</header>\n", title,
                     html::escape(results.info.version), results.info.started.empty() ? "" : ", ",
                     html::escape(results.info.started), results.info.seed);
}

std::string navigation(const std::string& items) {
  return fmt::format(
      "<nav aria-label=\"Sections\">\n<ol>\n{}</ol>\n<button type=\"button\" id=\"theme\" hidden>Colours: "
      "automatic</button>\n"
      "</nav>\n",
      items);
}

}  // namespace

std::string render_report(const RunResults& results) {
  const std::string file = results.info.trial.file.empty() ? results.fit.trial : results.info.trial.file;
  const std::string title = file.empty() ? "Dose report" : "Dose report: " + html::escape(file);
  std::string body, items;
  for (const Section& section : sections) {
    const std::string content = section.render(results);
    if (content.empty()) continue;
    body += content;
    items += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.short_title);
  }
  std::string out = page_head(results, title) + "<body>\n" + page_header(results, title);
  out += "<noscript><p>Plots need JavaScript; all words and tables are here without it.</p></noscript>\n";
  out += "<div class=\"page\">\n" + navigation(items) + "<main>\n" + body + "</main>\n</div>\n";
  out += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n",
                     embeddable(plot_data(results)));
  out += fmt::format(
      "<script>\n(() => {{\n'use strict';\nconst plots = {{}};\n{}}})();\n</script>\n</body>\n</html>\n",
      script());
  return out;
}

Result<Done> write_report(const RunResults& results, const std::string& path) {
  return write_file(path, render_report(results));
}

}  // namespace qdose
