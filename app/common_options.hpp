// Options that every command takes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace qdose {

struct CommonOptions {
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0 on the command line: all processors; a command sees the number
  std::string out = "qdose-out";
  std::string config;
  bool quiet = false, verbose = false, json = false, force = false, resume = false;

  /// The ones that a configuration file may set, before any of its tables.
  template <class Visitor>
  void visit(Visitor&& v) {
    v("seed", seed, "the same seed gives the same result at any number of threads");
    v("threads", threads, "threads to use; 0: all processors");
    v("out", out, "folder for results");
  }

  std::filesystem::path file(const std::string& name) const { return std::filesystem::path(out) / name; }
};

}  // namespace qdose
