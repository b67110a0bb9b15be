#include "qdose/stage2_population/predictions.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

std::vector<double> merged(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

/// Extra times of a smooth curve up to `last`.
std::vector<double> smooth_times(const std::vector<Dose>& doses, double first, double last) {
  if (doses.empty()) return {first, last};
  const std::vector<double> few{0.06, 0.25, 1.0}, many{0.02, 0.06, 0.12, 0.25, 0.5, 1.0};
  const std::vector<double> tail{0.005, 0.01, 0.02, 0.04, 0.07, 0.1,  0.15, 0.2,
                                 0.27,  0.35, 0.45, 0.55, 0.7,  0.85, 1.0};
  constexpr std::size_t most_in_detail = 12;
  std::vector<double> times{std::min(first, doses.front().time)};
  for (std::size_t d = 0; d < doses.size() && doses[d].time < last; ++d) {
    const bool final_dose = d + 1 == doses.size();
    const double gap = std::max((final_dose ? last : doses[d + 1].time) - doses[d].time, 0.0);
    const bool detail = d < 3 || d + 3 >= doses.size() || doses.size() <= most_in_detail;
    for (double share : final_dose ? tail : detail ? many : few)
      if (doses[d].time + share * gap <= last) times.push_back(doses[d].time + share * gap);
  }
  return times;
}

/// Subjects with equal doses next to each other.
std::vector<std::size_t> ordered(const Trial& trial, const std::vector<PredictionTimes>& times) {
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < times.size(); ++s)
    if (!times[s].pk.empty() || !times[s].pd.empty()) order.push_back(s);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return trial.subjects[a].doses.size() < trial.subjects[b].doses.size();
  });
  return order;
}

}  // namespace

Predictor::Predictor(const PopulationProblem& problem, const Trial& trial,
                     const std::vector<PredictionTimes>& times)
    : problem_(&problem) {
  std::vector<Schedule> all;
  for (const Subject& subject : trial.subjects) all.push_back(schedule_of(subject));
  const Resolution resolution =
      resolution_for(all, problem.structure.model.pk_class, problem.structure.model.pd_class);
  const std::vector<std::size_t> order = ordered(trial, times);
  for (std::size_t first = 0; first < order.size(); first += lanes) {
    Batch batch;
    std::vector<Schedule> schedules;
    for (std::size_t i = first; i < std::min(first + lanes, order.size()); ++i) {
      const PredictionTimes& own = times[order[i]];
      batch.subject.push_back(order[i]);
      schedules.push_back({trial.subjects[order[i]].doses, own.pk, own.pd});
      batch.pk_count.push_back(own.pk.size());
      batch.pd_count.push_back(problem.pd == nullptr ? 0 : own.pd.size());
    }
    batch.plan = make_plan(schedules, resolution, problem.pd != nullptr);
    batches_.push_back(std::move(batch));
  }
}

void Predictor::predict(std::size_t count, int threads, const Parameters& parameters, const Use& use) const {
  constexpr std::size_t at_once = 64;  // enough for a workspace to pay, few enough to share among threads
  const std::size_t parts = (count + at_once - 1) / at_once;
  parallel_for(batches_.size() * parts, threads, [&](std::size_t item) {
    const std::size_t first = item % parts * at_once;
    predict_batch(batches_[item / parts], first, std::min(count, first + at_once), parameters, use);
  });
}

void Predictor::predict_batch(const Batch& batch, std::size_t first, std::size_t end,
                              const Parameters& parameters, const Use& use) const {
  const auto& model = problem_->structure.model;
  BatchEvaluation evaluation;
  evaluation.natural.resize(model.parameters.size());
  std::vector<double> phi(model.parameters.size());
  for (std::size_t i = first; i < end; ++i) {
    for (std::size_t l = 0; l < lanes; ++l) {
      if (l >= batch.subject.size()) {
        for (Lanes& natural : evaluation.natural) natural[l] = natural[0];
        continue;
      }
      parameters(i, batch.subject[l], phi);
      for (std::size_t p = 0; p < phi.size(); ++p)
        evaluation.natural[p][l] = to_natural(model.parameters[p].scale, phi[p]);
    }
    evaluation.predict(*problem_, batch.plan);
    const std::span<const Lanes> pk = evaluation.concentration, pd = evaluation.response;
    for (std::size_t l = 0; l < batch.subject.size(); ++l)
      use(i, batch.subject[l], {pk.first(batch.pk_count[l]), pd.first(batch.pd_count[l]), l});
  }
}

PredictionTimes observation_times(const Subject& subject) {
  PredictionTimes times;
  if (!subject.doses.empty())
    for (const Observation& o : subject.concentrations) times.pk.push_back(o.time);
  for (const Observation& o : subject.responses) times.pd.push_back(o.time);
  return times;
}

PredictionTimes curve_times(const Subject& subject) {
  PredictionTimes times = observation_times(subject);
  for (std::vector<double>* own : {&times.pk, &times.pd})
    if (!own->empty()) *own = merged(*own, smooth_times(subject.doses, own->front(), own->back()));
  return times;
}

}  // namespace qdose
