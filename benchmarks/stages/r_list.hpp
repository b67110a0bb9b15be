// Numbers as R reads them.
#pragma once
#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

namespace qdose::benchmarks {

/// The text of an R list, one entry a line. Doubles keep all their digits; vectors are arrays of one
/// dimension whatever their length, as rstan wants them.
class RList {
 public:
  void add(const std::string& name, int value) { put(name, item(value)); }
  void add(const std::string& name, double value) { put(name, item(value)); }
  void add(const std::string& name, const std::string& value) { put(name, "\"" + value + "\""); }

  template <class T>
  void add(const std::string& name, const std::vector<T>& values) {
    put(name, fmt::format("array({}, {}L)", joined<T>(values), values.size()));
  }

  /// Row by row.
  template <class T>
  void add(const std::string& name, const std::vector<std::vector<T>>& rows) {
    std::vector<T> all;
    for (const std::vector<T>& row : rows) all.insert(all.end(), row.begin(), row.end());
    put(name, fmt::format("matrix({}, {}L, byrow = TRUE)", joined<T>(all), rows.size()));
  }

  /// `name <- list(...)`.
  std::string assigned_to(const std::string& name) const {
    return fmt::format("{} <- list(\n  {}\n)\n", name, fmt::join(entries_, ",\n  "));
  }

 private:
  static std::string item(int value) { return fmt::format("{}L", value); }
  static std::string item(double value) { return fmt::format("{:.17g}", value); }

  template <class T>
  static std::string joined(std::span<const T> values) {
    std::vector<std::string> items;
    for (const T& value : values) items.push_back(item(value));
    return items.empty() ? std::string(item(T{}).back() == 'L' ? "integer(0)" : "numeric(0)")
                         : fmt::format("c({})", fmt::join(items, ", "));
  }

  void put(const std::string& name, const std::string& value) { entries_.push_back(name + " = " + value); }

  std::vector<std::string> entries_;
};

}  // namespace qdose::benchmarks
