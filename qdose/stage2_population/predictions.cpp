#include "qdose/stage2_population/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

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
      batch.pd_count.push_back(own.pd.size());
    }
    batch.plan = make_plan(schedules, resolution, problem.pd != nullptr);
    batches_.push_back(std::move(batch));
  }
}

void Predictor::predict(const std::function<std::vector<double>(std::size_t)>& parameters,
                        const std::function<void(std::size_t, const Prediction&)>& use) {
  const auto& model = problem_->structure.model;
  evaluation_.natural.resize(model.parameters.size());
  for (const Batch& batch : batches_) {
    for (std::size_t l = 0; l < lanes; ++l) {
      if (l < batch.subject.size()) {
        const std::vector<double> phi = parameters(batch.subject[l]);
        for (std::size_t p = 0; p < phi.size(); ++p)
          evaluation_.natural[p][l] = to_natural(model.parameters[p].scale, phi[p]);
      } else {
        for (Lanes& natural : evaluation_.natural) natural[l] = natural[0];
      }
    }
    evaluation_.predict(*problem_, batch.plan);
    for (std::size_t l = 0; l < batch.subject.size(); ++l) {
      Prediction prediction;
      for (std::size_t k = 0; k < batch.pk_count[l]; ++k)
        prediction.pk.push_back(evaluation_.concentration[k][l]);
      for (std::size_t k = 0; k < batch.pd_count[l]; ++k)
        prediction.pd.push_back(problem_->pd == nullptr ? nan : evaluation_.response[k][l]);
      use(batch.subject[l], prediction);
    }
  }
}

void with_predictors(const Predictor& predictor, std::size_t count, int threads,
                     const std::function<void(Predictor&, std::size_t)>& body) {
  const auto workers = static_cast<std::size_t>(std::max(1, threads));
  parallel_for(workers, threads, [&](std::size_t w) {
    Predictor own = predictor;
    for (std::size_t i = w; i < count; i += workers) body(own, i);
  });
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
