#include "qdose/stage1_classify/features.hpp"

#include "qdose/base/expects.hpp"
#include "qdose/stage1_classify/feature_tools.hpp"
#include "qdose/stage1_classify/role_features.hpp"

namespace qdose {
namespace {

const std::vector<Observation>& observations(const Subject& subject, Role role) {
  return role == Role::pk ? subject.concentrations : subject.responses;
}

}  // namespace

DesignScale design_scale(const Trial& trial, Role role) {
  DesignScale scale;
  double log_time = 0, log_dose = 0, longest = 0;
  std::size_t times = 0, treated = 0;
  for (const Subject& subject : trial.subjects) {
    features::DoseCursor cursor(subject);
    for (const Observation& o : observations(subject, role)) {
      const int dose = cursor.last_before(o.time);
      const double start = subject.doses.empty() ? 0 : subject.doses.front().time;
      longest = std::max(longest, o.time - start);
      if (dose < 0) continue;
      log_time += std::log(o.time - subject.doses[static_cast<std::size_t>(dose)].time);
      ++times;
    }
    double sum = 0;
    for (const Dose& dose : subject.doses) sum += std::log(dose.amount);
    if (subject.doses.empty()) continue;
    log_dose += sum / static_cast<double>(subject.doses.size());
    ++treated;
  }
  if (times > 0) scale.time = std::exp(log_time / static_cast<double>(times));
  if (treated > 0) scale.dose = std::exp(log_dose / static_cast<double>(treated));
  if (longest > 0) scale.longest = longest;
  return scale;
}

std::size_t feature_count(Role role) {
  return role == Role::pk ? features::pk_features : features::pd_features;
}

std::size_t level_count(Role role) { return role == Role::pk ? 1 : 3; }

std::size_t token_count(const Trial& trial, Role role) {
  std::size_t longest = 1;
  for (const Subject& subject : trial.subjects)
    longest = std::max(longest, observations(subject, role).size());
  return std::min(longest, max_tokens);
}

TokenSet make_tokens(std::span<const Subject> subjects, Role role, Route route, const DesignScale& scale,
                     std::size_t tokens) {
  TokenSet set;
  set.subjects = subjects.size();
  set.tokens = tokens;
  set.features = feature_count(role);
  set.values.assign(set.subjects * tokens * set.features, 0);
  set.time.assign(set.subjects * tokens, 0);
  set.count.assign(set.subjects, 0);
  if (role == Role::pk)
    features::write_pk(subjects, route, scale, set);
  else
    features::write_pd(subjects, scale, set);
  return set;
}

void append(const TokenSet& one, TokenSet& all) {
  expects(one.tokens == all.tokens && one.features == all.features, "tokens of one shape");
  all.subjects += one.subjects;
  all.values.insert(all.values.end(), one.values.begin(), one.values.end());
  all.time.insert(all.time.end(), one.time.begin(), one.time.end());
  all.count.insert(all.count.end(), one.count.begin(), one.count.end());
  all.levels.insert(all.levels.end(), one.levels.begin(), one.levels.end());
}

}  // namespace qdose
