#include "qdose/data/table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct Line {
  int number = 0;
  std::string_view text;
};

/// Lines by LF, CR LF or CR.
std::vector<Line> split_lines(std::string_view text) {
  std::vector<Line> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    lines.push_back({number, text.substr(0, end)});
    const bool crlf = text.substr(end).starts_with("\r\n");
    text.remove_prefix(std::min(end + (crlf ? 2 : 1), text.size()));
  }
  return lines;
}

/// Characters of a UTF-8 text, not bytes.
int count_characters(std::string_view text) {
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<int>(std::ranges::count_if(text, starts));
}

/// Why the bytes cannot be a text table; true when a fault was added.
bool is_no_text(std::string_view text, Faults& faults) {
  const std::string hint = "save the table as CSV text in UTF-8";
  if (text.starts_with("PK\x03\x04")) {
    faults.add(0, 0, "this is a ZIP file or an Excel workbook", "save the sheet as CSV");
  } else if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    faults.add(0, 0, "this is UTF-16 text", hint);
  } else {
    for (const Line& line : split_lines(text)) {
      const auto control = [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; };
      const auto at = std::ranges::find_if(line.text, control) - line.text.begin();
      const std::size_t byte =
          std::min(static_cast<std::size_t>(at), invalid_utf8(line.text).value_or(line.text.size()));
      if (byte == line.text.size()) continue;
      faults.add(line.number, count_characters(line.text.substr(0, byte)) + 1,
                 fmt::format("byte 0x{:02X} is no text", static_cast<unsigned char>(line.text[byte])), hint);
      return true;  // the first one tells enough
    }
    return false;
  }
  return true;
}

/// The separator that the header uses most; a blank when it has none of the others.
char separator_of(std::string_view header) {
  char best = ' ';
  std::ptrdiff_t most = 0;
  for (const char c : {',', ';', '\t'}) {
    const auto count = std::ranges::count(header, c);
    if (count > most) best = c, most = count;
  }
  return best;
}

/// Reads one line's fields, left to right.
class FieldReader {
 public:
  FieldReader(const Line& line, char separator, Faults& faults)
      : line_(line), separator_(separator), faults_(faults) {}

  Row read() {
    Row row{line_.number, {}};
    do {
      skip_blanks();
      row.cells.push_back(peek() == '"' ? quoted_field() : plain_field());
    } while (take_separator());
    return row;
  }

 private:
  char peek() const { return at_ < line_.text.size() ? line_.text[at_] : '\0'; }
  bool at_end() const { return at_ >= line_.text.size(); }
  bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != separator_; }
  bool is_separator(char c) const { return c == separator_ || (separator_ == ' ' && c == '\t'); }

  void skip_blanks() {
    while (!at_end() && (is_blank(peek()) || (separator_ == ' ' && is_separator(peek())))) ++at_;
  }

  bool take_separator() {
    if (separator_ == ' ') skip_blanks();
    if (at_end()) return false;
    if (separator_ != ' ') ++at_;
    return true;
  }

  Cell plain_field() {
    const std::size_t start = at_;
    while (!at_end() && !is_separator(peek())) ++at_;
    return {std::string(trimmed(line_.text.substr(start, at_ - start))), column_of(start)};
  }

  /// A quote within quotes is doubled.
  Cell quoted_field() {
    const std::size_t start = at_++;
    Cell cell{{}, column_of(start)};
    for (;;) {
      if (at_end()) {
        faults_.add(line_.number, cell.column, "this quote does not end in its line",
                    "close it, or remove it");
        return cell;
      }
      const char c = line_.text[at_++];
      if (c == '"' && peek() != '"') break;
      if (c == '"') ++at_;
      cell.text += c;
    }
    // What stands between the closing quote and the separator belongs to the field.
    const std::size_t rest = at_;
    while (!at_end() && !is_separator(peek())) ++at_;
    cell.text += trimmed(line_.text.substr(rest, at_ - rest));
    cell.text = std::string(trimmed(cell.text));
    return cell;
  }

  /// The 1-based character at a byte; counts on from the last call, so that long lines take linear time.
  int column_of(std::size_t byte) {
    column_ += count_characters(line_.text.substr(counted_, byte - counted_));
    counted_ = byte;
    return column_;
  }

  const Line& line_;
  char separator_;
  Faults& faults_;
  std::size_t at_ = 0, counted_ = 0;
  int column_ = 1;
};

/// The header's cells, without a '#' before them and without the empty ones that spreadsheets leave at the
/// end.
Row read_header(const Line& line, char separator, Faults& faults) {
  Row header = FieldReader(line, separator, faults).read();
  std::string& first = header.cells.front().text;
  if (first.starts_with('#')) first = std::string(trimmed(std::string_view(first).substr(1)));
  while (header.cells.size() > 1 && header.cells.back().text.empty()) header.cells.pop_back();
  return header;
}

/// A line "#ID,TIME,DV" is a header in NONMEM's manner; any other line that starts with '#' is a comment.
bool is_commented_header(const Line& line) {
  Faults ignored("");
  const Row row = read_header(line, separator_of(line.text), ignored);
  return std::ranges::all_of(std::array{"ID", "TIME", "DV"}, [&](const char* name) {
    return std::ranges::any_of(row.cells, [&](const Cell& cell) { return upper_case(cell.text) == name; });
  });
}

/// Makes the row as long as the header, or says that it is not.
bool fits(Row& row, const Row& header, Faults& faults) {
  const std::size_t wanted = header.cells.size();
  while (row.cells.size() > wanted && row.cells.back().text.empty()) row.cells.pop_back();
  if (row.cells.size() == wanted) return true;
  const bool more = row.cells.size() > wanted;
  faults.add(
      row.line, more ? row.cells[wanted].column : row.cells.back().column,
      fmt::format("{} fields where the header has {}", row.cells.size(), wanted),
      more ? "a decimal comma or an unquoted text with a separator?" : "write '.' where a value is missing");
  return false;
}

}  // namespace

std::optional<Table> read_table(std::string_view text, Faults& faults) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (trimmed(text).empty()) {
    faults.add(0, 0, "the file is empty", "a header with ID, TIME and DV, then one row an event");
    return {};
  }
  if (is_no_text(text, faults)) return {};

  std::optional<Table> table;
  char separator = ',';
  for (const Line& line : split_lines(text)) {
    const std::string_view content = trimmed(line.text);
    const bool header_line = !table && (!content.starts_with('#') || is_commented_header(line));
    if (content.empty() || (content.starts_with('#') && !header_line)) continue;
    if (header_line) {
      separator = separator_of(line.text);
      table = Table{read_header(line, separator, faults), {}};
      continue;
    }
    Row row = FieldReader(line, separator, faults).read();
    const bool marks_comments = upper_case(table->header.cells.front().text) == "C";
    if (marks_comments && upper_case(row.cells.front().text) == "C") continue;
    const bool only_separators = std::ranges::all_of(row.cells, [](const Cell& c) { return c.text.empty(); });
    if (!only_separators && fits(row, table->header, faults)) table->rows.push_back(std::move(row));
  }
  if (!table)
    faults.add(0, 0, "the file holds comments only", "a header with ID, TIME and DV, then one row an event");
  else if (table->rows.empty() && !faults.any())
    faults.add(table->header.line, 1, "there are no rows under the header", "one row a dose or observation");
  return table;
}

}  // namespace qdose
