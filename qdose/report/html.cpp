#include "qdose/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose::html {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string paragraph(std::string_view content) { return fmt::format("<p>{}</p>\n", content); }

std::string number(double value, int digits) {
  if (!std::isfinite(value)) return "–";
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 1e-4 || size >= 1e6) return fmt::format("{:.{}e}", value, digits - 1);
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  return fmt::format("{:.{}f}", value, std::max(0, digits - before));
}

std::string plain(double value) { return std::isfinite(value) ? fmt::format("{:.6g}", value) : "–"; }

std::string interval(double low, double high, int digits) {
  return fmt::format("<span class=\"nowrap\">{} to {}</span>", number(low, digits), number(high, digits));
}

std::string flagged(const std::string& shown, bool bad) {
  if (!bad) return shown;
  return fmt::format(
      "<span class=\"flag\"><span aria-hidden=\"true\">▲ </span><span class=\"unseen\">outside the limit: "
      "</span>{}</span>",
      shown);
}

std::string percent(double share) {
  if (!std::isfinite(share)) return "–";
  if (share > 0.99 && share < 1) return "more than 99%";
  if (share < 0.01 && share > 0) return "less than 1%";
  return fmt::format("{:.0f}%", 100 * share);
}

std::string without_tags(std::string_view markup) {
  std::string out;
  bool inside = false;
  for (const char c : markup) {
    if (c == '<') inside = true;
    if (!inside) out += c;
    if (c == '>') inside = false;
  }
  return out;
}

namespace {

const char* alignment(const Table& table, std::size_t column) {
  const auto& text = table.text_columns;
  return std::find(text.begin(), text.end(), column) != text.end() ? "" : " class=\"value\"";
}

std::string heading(const Table& table) {
  std::string out;
  if (!table.groups.empty()) {
    out += "<tr class=\"groups\">";
    for (const HeadGroup& group : table.groups)
      out += fmt::format("<th scope=\"colgroup\" colspan=\"{}\">{}</th>", group.columns, group.title);
    out += "</tr>\n";
  }
  out += "<tr>";
  for (std::size_t c = 0; c < table.head.size(); ++c)
    out += fmt::format("<th scope=\"col\"{}>{}</th>", alignment(table, c), table.head[c]);
  return out + "</tr>";
}

std::string line(const Table& table, const std::vector<std::string>& row) {
  if (row.size() == 1 && table.head.size() > 1)
    return fmt::format("<tr class=\"part\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n",
                       table.head.size(), row[0]);
  std::string out = fmt::format("<tr><th scope=\"row\"{}>{}</th>", alignment(table, 0), row.at(0));
  for (std::size_t c = 1; c < row.size(); ++c)
    out += fmt::format("<td{}>{}</td>", alignment(table, c), row[c]);
  return out + "</tr>\n";
}

}  // namespace

std::string render(const Table& table) {
  std::string body;
  for (const auto& row : table.rows) body += line(table, row);
  return fmt::format(
      "<div class=\"table\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"{}\">\n<table>\n<caption><div>{}</div></caption>\n"
      "<thead>{}</thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n",
      escape(without_tags(table.caption)), table.caption, heading(table), body);
}

std::string plot(std::string_view name, std::string_view alternative, std::string_view caption) {
  return fmt::format(
      "<figure class=\"plot\" data-plot=\"{}\" aria-label=\"{}\"><div class=\"drawing\"></div>"
      "<figcaption>{}</figcaption></figure>\n",
      name, escape(alternative), caption);
}

std::string section(std::string_view id, std::string_view title, std::string_view content) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
      id, title, content);
}

}  // namespace qdose::html
