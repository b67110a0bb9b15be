// Lets clang before version 16 read libstdc++'s users of std::source_location; for tools/tidy only, never
// compiled in.
#pragma once
#if defined(__clang__) && __clang_major__ < 16
namespace std {
struct source_location {
  static constexpr source_location current(const char* file = __builtin_FILE(),
                                           unsigned line = __builtin_LINE()) {
    return {file, line};
  }
  constexpr const char* file_name() const { return file; }
  constexpr unsigned line() const { return row; }
  const char* file;
  unsigned row;
};
}  // namespace std
#endif
