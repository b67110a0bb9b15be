#include "qdose/stage2_population/subject_batches.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <tuple>

namespace qdose {
namespace {

/// One subject's schedule and the values that belong to it, in the schedule's order.
struct Case {
  std::size_t subject = 0;
  Schedule schedule;
  struct Value {
    double count = 1, mean = 0, spread = 0, limit = 0;
    int censored = 0;  ///< observations below the limit, not counted
  };
  std::vector<Value> pk, pd;
};

Case::Value value_of(const Observation& o, bool log_scale) {
  if (o.below_limit) return {0, 0, 0, o.limit, 1};
  return {1, log_scale ? std::log(o.value) : o.value, 0, o.limit, 0};
}

struct LeftOut {
  std::size_t undosed = 0, before_dose = 0, not_positive = 0;
};

void add_concentrations(const Subject& subject, bool log_scale, Case& c, LeftOut& left_out) {
  for (const Observation& o : subject.concentrations) {
    if (subject.doses.empty())
      ++left_out.undosed;
    else if (o.time <= subject.doses.front().time)
      ++left_out.before_dose;
    else if (!o.below_limit && !(o.value > 0))
      ++left_out.not_positive;
    else {
      c.schedule.pk_times.push_back(o.time);
      c.pk.push_back(value_of(o, log_scale));
    }
  }
}

void add_responses(const Subject& subject, bool log_scale, Case& c) {
  if (subject.responses.empty()) return;
  if (!subject.doses.empty()) {
    for (const Observation& o : subject.responses) {
      c.schedule.pd_times.push_back(o.time);
      c.pd.push_back(value_of(o, log_scale));
    }
    return;
  }
  Case::Value value{0, 0, 0, 0, 0};
  for (const Observation& o : subject.responses) {  // Welford's update
    const Case::Value one = value_of(o, log_scale);
    value.limit = std::max(value.limit, one.limit);
    value.censored += one.censored;
    if (one.count == 0) continue;
    const double before = one.mean - value.mean;
    value.count += 1;
    value.mean += before / value.count;
    value.spread += before * (one.mean - value.mean);
  }
  c.schedule.pd_times = {subject.responses.front().time};
  c.pd = {value};
}

Observed observed_of(std::span<const Case> cases, std::vector<Case::Value> Case::*values,
                     std::size_t length) {
  Observed observed;
  observed.count.assign(length, {});
  observed.mean.assign(length, {});
  observed.spread.assign(length, {});
  for (std::size_t l = 0; l < cases.size(); ++l)
    for (std::size_t k = 0; k < (cases[l].*values).size(); ++k) {
      const Case::Value& value = (cases[l].*values)[k];
      observed.count[k][l] = value.count;
      observed.mean[k][l] = value.mean;
      observed.spread[k][l] = value.spread;
      observed.repeated = observed.repeated || value.count > 1;
      for (int i = 0; i < value.censored; ++i) observed.censored.push_back({k, l, value.limit});
      if (!(value.limit > 0)) continue;
      if (observed.limit.empty()) observed.limit.assign(length, {});
      observed.limit[k][l] = value.limit;
    }
  return observed;
}

/// Subjects of one design next to each other: their plans share times, so a batch needs few exponentials.
void order_by_design(std::vector<Case>& cases) {
  const auto key = [](const Case& c) {
    std::vector<double> times;
    for (const Dose& dose : c.schedule.doses) times.push_back(dose.time);
    return std::tuple(times.size(), std::move(times), c.schedule.pk_times, c.schedule.pd_times, c.subject);
  };
  std::stable_sort(cases.begin(), cases.end(), [&](const Case& a, const Case& b) { return key(a) < key(b); });
}

void note(std::vector<std::string>& notes, std::size_t count, const char* what) {
  if (count > 0) notes.push_back(std::to_string(count) + " concentrations left out: " + what);
}

}  // namespace

bool is_informative(const Subject& subject, const Observation& concentration) {
  return !subject.doses.empty() && concentration.time > subject.doses.front().time &&
         (concentration.below_limit || concentration.value > 0);
}

SubjectBatches batch_subjects(const Trial& trial, std::string_view pk_class, std::string_view pd_class,
                              LogScales log_scales) {
  const bool with_pd = !pd_class.empty();
  SubjectBatches result;
  std::vector<Case> cases;
  std::vector<Schedule> schedules;
  LeftOut left_out;
  for (std::size_t i = 0; i < trial.subjects.size(); ++i) {
    Case c;
    c.subject = i;
    c.schedule.doses = trial.subjects[i].doses;
    add_concentrations(trial.subjects[i], log_scales.pk, c, left_out);
    if (with_pd) add_responses(trial.subjects[i], log_scales.pd, c);
    if (c.pk.empty() && c.pd.empty()) continue;
    result.pk_values += c.pk.size();
    result.pd_values += with_pd ? trial.subjects[i].responses.size() : 0;
    schedules.push_back(c.schedule);
    cases.push_back(std::move(c));
  }
  if (cases.empty()) return result;
  order_by_design(cases);
  const Resolution resolution = resolution_for(schedules, pk_class, pd_class);
  for (std::size_t first = 0; first < cases.size();) {
    const bool dosed = !cases[first].schedule.doses.empty();
    std::size_t end = first + 1;
    while (end < cases.size() && end - first < lanes && cases[end].schedule.doses.empty() != dosed) ++end;
    SubjectBatch batch;
    const std::span<const Case> members(cases.data() + first, end - first);
    std::vector<Schedule> batch_schedules;
    for (const Case& c : members) {
      batch.subject.push_back(c.subject);
      batch_schedules.push_back(c.schedule);
    }
    batch.plan = make_plan(batch_schedules, resolution, with_pd);
    batch.pk = observed_of(members, &Case::pk, batch.plan.pk_observations);
    batch.pd = observed_of(members, &Case::pd, batch.plan.pd.responses.size());
    result.batches.push_back(std::move(batch));
    first = end;
  }
  note(result.notes, left_out.undosed, "subjects without doses");
  note(result.notes, left_out.before_dose, "not after the first dose");
  note(result.notes, left_out.not_positive,
       "not positive, so below a limit of quantification that is not given");
  return result;
}

}  // namespace qdose
