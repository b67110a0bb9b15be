#include "qdose/stage1_classify/confused_pairs.hpp"

#include <algorithm>
#include <numeric>

#include "qdose/stage1_classify/class_choice.hpp"

namespace qdose {
namespace {

constexpr double noteworthy = 0.05;

bool one_model(const std::string& a, const std::string& b) {
  const std::vector<std::string> same = same_equations(a);
  return std::find(same.begin(), same.end(), b) != same.end();
}

bool is_pair(const ConfusedPair& pair, const std::string& a, const std::string& b) {
  return (pair.first == a && pair.second == b) || (pair.first == b && pair.second == a);
}

}  // namespace

std::vector<ConfusedPair> confused_pairs(const std::vector<std::string>& classes,
                                         const std::vector<std::vector<long>>& confusion) {
  const auto total = [&](std::size_t c) {
    return std::accumulate(confusion[c].begin(), confusion[c].end(), 0L);
  };
  std::vector<ConfusedPair> pairs;
  for (std::size_t a = 0; a < classes.size(); ++a)
    for (std::size_t b = a + 1; b < classes.size(); ++b) {
      const long both = total(a) + total(b);
      if (both == 0) continue;
      const double share = static_cast<double>(confusion[a][b] + confusion[b][a]) / static_cast<double>(both);
      if (share > noteworthy)
        pairs.push_back({classes[a], classes[b], share, one_model(classes[a], classes[b])});
    }
  std::sort(pairs.begin(), pairs.end(),
            [](const ConfusedPair& x, const ConfusedPair& y) { return x.share > y.share; });
  return pairs;
}

std::vector<ConfusedPair> same_models(const std::vector<std::string>& classes) {
  std::vector<ConfusedPair> pairs;
  for (std::size_t a = 0; a < classes.size(); ++a)
    for (std::size_t b = a + 1; b < classes.size(); ++b)
      if (one_model(classes[a], classes[b])) pairs.push_back({classes[a], classes[b], 0, true});
  return pairs;
}

double accuracy_up_to(const std::vector<std::string>& classes,
                      const std::vector<std::vector<long>>& confusion,
                      const std::vector<ConfusedPair>& pairs) {
  long right = 0, all = 0;
  for (std::size_t truth = 0; truth < classes.size(); ++truth)
    for (std::size_t named = 0; named < classes.size(); ++named) {
      all += confusion[truth][named];
      const bool equal =
          truth == named || std::any_of(pairs.begin(), pairs.end(), [&](const ConfusedPair& p) {
            return is_pair(p, classes[truth], classes[named]);
          });
      if (equal) right += confusion[truth][named];
    }
  return all > 0 ? static_cast<double>(right) / static_cast<double>(all) : 0;
}

}  // namespace qdose
