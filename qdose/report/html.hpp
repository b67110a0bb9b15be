// The few pieces of HTML that every section is made of. Whatever comes from outside goes through `escape`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace qdose::html {

/// Text that HTML shows literally, inside elements and quoted attributes.
std::string escape(std::string_view text);

/// Text without its tags, for attributes that hold no markup.
std::string without_tags(std::string_view markup);

/// `<p>` around text that is already HTML.
std::string paragraph(std::string_view content);

/// "3.142" - a number with `digits` significant digits, without an exponent from 0.0001 to a million; a dash
/// when not finite.
std::string number(double value, int digits = 3);

/// "8.5", "75": a number that was chosen, not measured (a dose, a threshold, a time), without padding zeros.
std::string plain(double value);

/// "2.1 to 3.4" in an element that does not break across lines.
std::string interval(double low, double high, int digits = 3);

/// "87%"; "more than 99%" and "less than 1%" instead of a false 100% or 0%.
std::string percent(double share);

/// The text, marked when it is `bad`: outside the limit that is set for it.
std::string flagged(const std::string& shown, bool bad);

/// A heading over `columns` neighbouring columns of a table.
struct HeadGroup {
  std::string title;
  std::size_t columns = 1;
};

/// A table whose cells are HTML. The first cell of a row names the row. Columns hold numbers, aligned at the
/// right, unless they are listed in `text_columns`. A row of a single cell is a heading for the rows below
/// it. `groups`, when not empty, is a second heading line above `head`.
struct Table {
  std::string caption;
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> text_columns = {0};
  std::vector<HeadGroup> groups = {};
};
std::string render(const Table& table);

/// Where the script plot_NAME.js draws; `alternative` says in words what is to be seen, `caption` (HTML)
/// explains it.
std::string plot(std::string_view name, std::string_view alternative, std::string_view caption = {});

/// A section with its heading; `id` is the target of the navigation.
std::string section(std::string_view id, std::string_view title, std::string_view content);

}  // namespace qdose::html
