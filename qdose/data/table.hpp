// A text table: cells with the place where they stand, whatever the separator, quotes and line ends.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qdose/data/faults.hpp"

namespace qdose {

/// One field without quotes and surrounding blanks; `column` is the 1-based character where it starts.
struct Cell {
  std::string text;
  int column = 1;
};

struct Row {
  int line = 0;
  std::vector<Cell> cells;
};

/// Header and rows; every row has as many cells as the header.
struct Table {
  Row header;
  std::vector<Row> rows;
};

/// Splits text into a table. Understands comma, semicolon, tab and blanks as separators (told from the
/// header), quotes, a byte-order mark, all line ends, blank lines, comment lines that start with '#', a '#'
/// before the header, and NONMEM's first column "C", whose rows marked C are left out. Faults: no text file,
/// a quote that does not end in its line, rows with another number of fields than the header, no rows.
/// nullopt when there is no table at all.
std::optional<Table> read_table(std::string_view text, Faults& faults);

}  // namespace qdose
