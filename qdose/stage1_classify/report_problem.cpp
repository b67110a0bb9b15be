#include "qdose/stage1_classify/report_problem.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/parameter_targets.hpp"

namespace qdose {
namespace {

constexpr std::size_t features_a_time = 5, prior_draws = 4000;
constexpr std::uint64_t slot_seed = 1;  // the outputs' standardisation is the same for all seeds

float squashed(double x, double scale) { return static_cast<float>(std::asinh(x / scale) / 3); }

/// Dose given, concentration on two scales, and what was given last.
void write_pk_times(const float* channels, std::span<const double> times, float* x) {
  double last_dose = 0, last_time = 0;
  for (std::size_t i = 0; i < times.size(); ++i, x += features_a_time) {
    const double given = channels[i], C = channels[times.size() + i], since = times[i] - last_time;
    x[0] = static_cast<float>(given / 5);
    x[1] = squashed(C, 0.04);
    x[2] = last_dose > 0 ? static_cast<float>(std::log((C + 0.02) / last_dose) / 3) : 0.0f;
    x[3] = static_cast<float>(last_dose / 5);
    x[4] = static_cast<float>(std::log1p(since) / 3);
    if (given > 0) last_dose = given, last_time = times[i];
  }
}

/// Concentration on two scales, the response as such and relative to its mean, the shape of a typical effect.
void write_pd_times(const float* channels, std::span<const double> times, float* x) {
  const std::size_t n = times.size();
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += channels[n + i] / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i, x += features_a_time) {
    const double C = channels[i], R = channels[n + i];
    x[0] = squashed(C, 0.05);
    x[1] = static_cast<float>(C / (C + 15.0));
    x[2] = static_cast<float>(R / 10 - 1);
    x[3] = static_cast<float>(3 * (R / std::max(mean, 1e-3) - 1));
    x[4] = static_cast<float>(std::log1p(times[i]) / 5);
  }
}

class OfReport final : public Problem {
 public:
  OfReport(const ReportProblem& problem, std::size_t patch, std::uint64_t seed)
      : problem_(problem), patch_(std::min(patch, report_times(problem.role).size())), seed_(seed) {
    task_.role = problem.role;
    const auto models = models_of(problem.role);
    task_.possible.assign(models.size(), true);
    task_.features = patch_ * features_a_time;
    task_.reference_levels = {no_level};
    for (std::size_t c = 0; c < models.size(); ++c) {
      task_.classes.emplace_back(models[c].about.id);
      expects(models[c].about.label == static_cast<int>(c), "the catalogue in the order of the labels");
      SlotMaker slots(models[c], c);
      for (std::size_t i = 0; i < prior_draws; ++i) {
        Stream stream(slot_seed, Purpose::start, c * prior_draws + i, problem.role == Role::pk ? 103 : 104);
        slots.add(unbounded(c, report_parameters(models[c], stream)));
      }
      slots.write(task_.slots);
    }
  }

  const EncoderTask& task() const override { return task_; }
  std::size_t full_group() const override { return 1; }
  std::vector<std::size_t> group_sizes() const override { return {1}; }

  LabelledTrials draw(Purpose purpose, std::uint64_t first_item, std::size_t trials,
                      std::size_t group) const override {
    expects(group == 1, "single subjects");
    const ReportTrajectories made = report_trajectories(problem_, seed_, purpose, first_item, trials);
    LabelledTrials batch;
    batch.tokens = report_tokens(made, problem_.role, patch_);
    for (std::size_t i = 0; i < trials; ++i) {
      const auto label = static_cast<std::size_t>(made.label[i]);
      batch.label.push_back(label);
      add_targets(task_.slots, models_of(problem_.role)[label], label, unbounded(label, made.parameters[i]),
                  batch);
    }
    return batch;
  }

 private:
  std::vector<double> unbounded(std::size_t c, const std::vector<double>& natural) const {
    const ModelInfo& model = models_of(problem_.role)[c];
    std::vector<double> x(natural.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Scale scale = model.parameters[k].scale;
      // The report's ranges reach 1 for fractions, where a logit ends.
      x[k] = to_unbounded(scale, scale == Scale::logit ? std::clamp(natural[k], 1e-3, 1 - 1e-3) : natural[k]);
    }
    return x;
  }

  ReportProblem problem_;
  std::size_t patch_;
  std::uint64_t seed_;
  EncoderTask task_;
};

}  // namespace

TokenSet report_tokens(const ReportTrajectories& trajectories, Role role, std::size_t patch) {
  const auto times = report_times(role);
  const std::size_t n = times.size(), places = (n + patch - 1) / patch;
  TokenSet set;
  set.subjects = trajectories.count;
  set.tokens = places;
  set.features = patch * features_a_time;
  set.values.assign(set.subjects * places * set.features, 0);
  set.count.assign(set.subjects, places);
  set.levels.assign(set.subjects, no_level);
  for (std::size_t s = 0; s < set.subjects; ++s) {
    const float* channels = &trajectories.values[2 * n * s];
    float* x = &set.values[s * places * set.features];
    if (role == Role::pk)
      write_pk_times(channels, times, x);
    else
      write_pd_times(channels, times, x);
    for (std::size_t k = 0; k < places; ++k)
      set.time.push_back(static_cast<float>(times[k * patch] / times.back()));
  }
  return set;
}

std::unique_ptr<Problem> make_report_problem(const ReportProblem& problem, std::size_t patch,
                                             std::uint64_t seed) {
  return std::make_unique<OfReport>(problem, patch, seed);
}

}  // namespace qdose
