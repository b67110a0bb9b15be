#include "qdose/stage2_population/share_runners.hpp"

#include <cstring>
#include <string_view>

#include "qdose/base/expects.hpp"
#include "qdose/stage2_population/archive.hpp"

namespace qdose {
namespace {

/// Length in bytes, and the bytes in the memory of numbers.
void append(std::vector<double>& words, const std::string& bytes) {
  words.push_back(static_cast<double>(bytes.size()));
  const std::size_t first = words.size();
  words.resize(first + (bytes.size() + sizeof(double) - 1) / sizeof(double));
  if (!bytes.empty()) std::memcpy(words.data() + first, bytes.data(), bytes.size());
}

/// Whether it was stopped, then its runners.
std::vector<double> packed(const WorkShare& share, bool stopped, std::vector<Runner>& runners) {
  std::vector<double> words{stopped ? 1.0 : 0.0};
  for (std::size_t c = 0; c < runners.size() && !stopped; ++c) {
    if (!share.is_mine(c)) continue;
    ArchiveWriter archive;
    runners[c].exchange(archive);
    append(words, archive.bytes());
  }
  return words;
}

}  // namespace

bool share_runners(const WorkShare& share, bool stopped, std::vector<Runner>& runners) {
  const auto all = share.gather(packed(share, stopped, runners));
  for (const auto& words : all)
    if (words.front() != 0) return false;
  std::vector<std::size_t> next(all.size(), 1);
  for (std::size_t c = 0; c < runners.size(); ++c) {
    const std::size_t owner = c % all.size();
    const double* words = all[owner].data() + next[owner];
    const auto bytes = static_cast<std::size_t>(words[0]);
    next[owner] += 1 + (bytes + sizeof(double) - 1) / sizeof(double);
    if (share.is_mine(c)) continue;
    ArchiveReader archive(std::string_view(reinterpret_cast<const char*>(words + 1), bytes));
    runners[c].exchange(archive);
    expects(archive.finished(), "a chain arrives whole");
    runners[c].density->remember(runners[c].memory);
  }
  return true;
}

}  // namespace qdose
