// Everything that is wrong with one file, collected while reading goes on.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// Collects faults of a file; the user gets them all at once, in the order of their places.
class Faults {
 public:
  static constexpr std::size_t listed = 50;  ///< more than that helps nobody: the rest is counted

  explicit Faults(std::string file) : file_(std::move(file)) {}

  /// A fault at a line and a column of characters, both 1-based; line 0 means the file as a whole.
  void add(int line, int column, std::string message, std::string hint = {});

  bool any() const { return count_ > 0; }

  /// The first faults by place, and the number of the others.
  Errors errors() const;

 private:
  struct Entry {
    int line, column;
    std::string message, hint;
  };
  std::string file_;
  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace qdose
