#include "qdose/data/faults.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace qdose {

void Faults::add(int line, int column, std::string message, std::string hint) {
  constexpr std::size_t kept = 10000;  // a file of junk must not fill the memory with its faults
  ++count_;
  if (entries_.size() < kept) entries_.push_back({line, column, std::move(message), std::move(hint)});
}

Errors Faults::errors() const {
  std::vector<Entry> sorted = entries_;
  std::ranges::stable_sort(sorted, {}, [](const Entry& e) { return std::tuple(e.line, e.column); });
  sorted.resize(std::min(sorted.size(), listed));
  Errors errors;
  for (Entry& e : sorted) {
    std::string place = e.line > 0 ? fmt::format("{}:{}:{}", file_, e.line, e.column) : file_;
    errors.push_back({Fault::bad_input, std::move(e.message), std::move(place), std::move(e.hint)});
  }
  if (count_ > listed)
    errors.push_back({Fault::bad_input, fmt::format("and {} more faults", count_ - listed), file_,
                      "mend the first ones and check again: others may follow from them"});
  return errors;
}

}  // namespace qdose
