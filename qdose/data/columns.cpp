#include "qdose/data/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

constexpr std::array<std::pair<const char*, int Columns::*>, 19> known_columns = {{
    {"ID", &Columns::ID},     {"TIME", &Columns::TIME}, {"DV", &Columns::DV},     {"AMT", &Columns::AMT},
    {"EVID", &Columns::EVID}, {"MDV", &Columns::MDV},   {"CMT", &Columns::CMT},   {"DVID", &Columns::DVID},
    {"RATE", &Columns::RATE}, {"DUR", &Columns::DUR},   {"ADDL", &Columns::ADDL}, {"II", &Columns::II},
    {"SS", &Columns::SS},     {"BLQ", &Columns::BLQ},   {"CENS", &Columns::BLQ},  {"BLOQ", &Columns::BLQ},
    {"BQL", &Columns::BLQ},   {"LLOQ", &Columns::LLOQ}, {"LOQ", &Columns::LLOQ},
}};

int Columns::*known_column(const std::string& name) {
  for (const auto& [known, member] : known_columns)
    if (name == known) return member;
  return nullptr;
}

/// What tables of other programs and sponsors call the columns that must be there.
bool is_other_name(const std::string& name, const std::string& of) {
  static const std::map<std::string, std::vector<std::string>> other_names = {
      {"ID", {"SUBJ", "SUBJID", "USUBJID", "SUBJECT", "PATIENT", "PTNO", "CID"}},
      {"TIME", {"TAFD", "HOURS", "HOUR", "TIMEH", "TIME_H", "T"}},
      {"DV", {"CONC", "VALUE", "OBS", "Y", "AVAL", "CP"}},
  };
  const auto& names = other_names.at(of);
  return std::ranges::find(names, upper_case(name)) != names.end();
}

void require(const Columns& columns, int Columns::*member, const char* name, const char* meaning,
             const Row& header, Faults& faults) {
  if (columns.*member >= 0) return;
  std::vector<std::string> names;
  for (const int i : columns.others) names.push_back(header.cells[static_cast<std::size_t>(i)].text);
  auto nearest = nearest_name(name, names);
  for (const std::string& other : names)
    if (!nearest && is_other_name(other, name)) nearest = other;
  faults.add(header.line, 1, fmt::format("the column {} is missing", name),
             nearest ? fmt::format("is it the column {}? call it {}; {}", in_quotes(*nearest), name, meaning)
                     : meaning);
}

}  // namespace

Columns find_columns(const Row& header, Faults& faults) {
  Columns columns;
  std::map<std::string, int> seen;  // upper-case name -> column of characters
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const Cell& cell = header.cells[i];
    const std::string name = upper_case(cell.text);
    const auto [first, is_new] = seen.emplace(name, cell.column);
    if (!is_new && !name.empty()) {
      faults.add(
          header.line, cell.column,
          fmt::format("the column {} stands twice (first at {}:{})", cell.text, header.line, first->second),
          "rename or remove one of them");
    } else if (int Columns::*member = known_column(name)) {
      if (columns.*member >= 0)
        faults.add(header.line, cell.column,
                   fmt::format("the columns {} and {} mean the same",
                               header.cells[static_cast<std::size_t>(columns.*member)].text, cell.text),
                   "keep one of them");
      columns.*member = static_cast<int>(i);
    } else if (!name.empty() && !(i == 0 && name == "C")) {
      columns.others.push_back(static_cast<int>(i));
    }
  }
  require(columns, &Columns::ID, "ID", "ID tells the subjects apart", header, faults);
  require(columns, &Columns::TIME, "TIME", "TIME is in hours since the first dose", header, faults);
  require(columns, &Columns::DV, "DV",
          "DV holds concentrations (DVID 1) and biomarker values (DVID 2), one value a row", header, faults);
  return columns;
}

}  // namespace qdose
