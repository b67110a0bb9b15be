#include "qdose/stage1_classify/random_design.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr std::size_t most_doses = 30, most_levels = 4;

bool chance(Stream& stream, double p) { return stream.uniform() < p; }

/// The plan that all subjects follow, in h.
struct Plan {
  std::vector<double> doses, pk_times, pd_times;
  double first = 1, profile = 24, interval = 24, half_life = 24;
};

/// n times from `first` to `last` after `start`, between geometric and even spacing.
void add_profile(double start, double first, double last, std::size_t n, Stream& stream,
                 std::vector<double>& times) {
  const double geometric = stream.uniform(0.3, 1);
  for (std::size_t i = 0; i < n; ++i) {
    const double share = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 1;
    const double even = first + share * (last - first),
                 log_even = std::log(first) + share * std::log(last / first);
    times.push_back(start + std::exp(geometric * log_even + (1 - geometric) * std::log(even)));
  }
}

void sort_unique(std::vector<double>& times) {
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
}

Plan single_dose(std::size_t samples, Stream& stream) {
  Plan plan;
  plan.profile = plan.interval = stream.log_uniform(6, 600);
  plan.first = plan.profile * stream.log_uniform(0.003, 0.08);
  plan.half_life = plan.profile * stream.log_uniform(0.06, 0.7);
  plan.doses = {0};
  add_profile(0, plan.first, plan.profile, samples, stream, plan.pk_times);
  return plan;
}

/// Where the samples of a multiple-dose design go, in shares of their number.
struct Shares {
  double first, between, last, washout, anywhere;
};

void place_samples(const Shares& shares, std::size_t samples, double washout, Stream& stream, Plan& plan) {
  const double total = shares.first + shares.between + shares.last + shares.washout + shares.anywhere;
  const auto part = [&](double share) {
    return static_cast<std::size_t>(share / total * static_cast<double>(samples) + 0.3);
  };
  const std::size_t first = part(shares.first), between = part(shares.between), after = part(shares.washout),
                    anywhere = part(shares.anywhere);
  const std::size_t placed = first + between + after + anywhere,
                    last = samples > placed ? samples - placed : 1;
  const double end = plan.doses.back();
  add_profile(0, plan.first, plan.profile, first, stream, plan.pk_times);
  for (std::size_t i = 0; i < between; ++i)  // just before doses
    plan.pk_times.push_back(plan.doses[1 + stream.below(static_cast<std::uint32_t>(plan.doses.size() - 1))]);
  add_profile(end, plan.first, plan.profile, last, stream, plan.pk_times);
  for (std::size_t i = 0; i < after; ++i)
    plan.pk_times.push_back(
        end + plan.profile * std::pow(washout, static_cast<double>(i + 1) / static_cast<double>(after)));
  for (std::size_t i = 0; i < anywhere; ++i)
    plan.pk_times.push_back(end * stream.uniform() + 0.1 * plan.first);
}

Plan multiple_doses(std::size_t samples, Stream& stream) {
  Plan plan;
  plan.interval = stream.log_uniform(6, 400);
  const double washout = stream.log_uniform(1, 30);  // intervals
  plan.profile = plan.interval;
  plan.first = plan.interval * stream.log_uniform(0.005, 0.12);
  plan.half_life = plan.interval * stream.log_uniform(0.12, std::min(8.0, std::max(1.0, 3 * washout)));
  const auto count = static_cast<std::size_t>(stream.log_uniform(2, static_cast<double>(most_doses) + 1));
  const bool irregular = chance(stream, 0.12);
  double time = 0;
  for (std::size_t d = 0; d < count; ++d) {
    plan.doses.push_back(time);
    time += plan.interval * (irregular ? stream.log_uniform(0.7, 1.5) : 1);
  }
  const Shares shares{chance(stream, 0.2) ? 0 : stream.uniform(0.1, 0.4), stream.uniform(0, 0.35),
                      stream.uniform(0.15, 0.5), washout > 1.3 ? stream.uniform(0.1, 0.4) : 0,
                      chance(stream, 0.5) ? 0 : stream.uniform(0, 0.2)};
  place_samples(shares, samples, washout, stream, plan);
  return plan;
}

/// Responses: often at the concentrations' times, sometimes at some of them; mostly with a value before the
/// first dose.
void plan_responses(Stream& stream, Plan& plan) {
  const double kept = chance(stream, 0.6) ? 1 : stream.uniform(0.5, 1);
  for (double t : plan.pk_times)
    if (kept == 1 || chance(stream, kept)) plan.pd_times.push_back(t);
  while (plan.pd_times.size() < fewest_samples && plan.pd_times.size() < plan.pk_times.size())
    plan.pd_times.push_back(plan.pk_times[plan.pd_times.size()]);
  if (chance(stream, 0.8)) plan.pd_times.push_back(0);
  sort_unique(plan.pd_times);
}

/// Amounts of the dose levels, the lowest 1.
std::vector<double> dose_levels(Stream& stream) {
  std::vector<double> levels{1};
  const std::size_t count = 1 + stream.below(most_levels);
  while (levels.size() < count) levels.push_back(levels.back() * stream.log_uniform(1.4, 4));
  return levels;
}

/// What may go differently from the plan, alike for all subjects of a trial.
struct Conduct {
  double missing = 0, jitter = 0, missed_doses = 0, loading = 1, placebo = 0;
};

Conduct random_conduct(bool with_pd, Stream& stream) {
  Conduct c;
  c.missing = chance(stream, 0.4) ? 0 : stream.uniform(0, 0.3);
  c.jitter = chance(stream, 0.5) ? 0 : 0.05;
  c.missed_doses = chance(stream, 0.8) ? 0 : 0.05;
  c.loading = chance(stream, 0.1) ? 2 : 1;
  c.placebo = with_pd && chance(stream, 0.7) ? 0.25 : 0;
  return c;
}

/// The plan's times as one subject had them: the distance to the dose before varies.
std::vector<Observation> observed_at(const std::vector<double>& times, const std::vector<Dose>& doses,
                                     const Conduct& conduct, Stream& stream) {
  std::vector<Observation> observed;
  for (double t : times) {
    if (chance(stream, conduct.missing) && times.size() > fewest_samples) continue;
    double start = 0;
    for (const Dose& dose : doses)
      if (dose.time < t) start = dose.time;
    const double late = conduct.jitter > 0 ? std::exp(conduct.jitter * stream.normal()) : 1;
    observed.push_back({t > start ? start + (t - start) * late : t, 0, 0});
  }
  std::sort(observed.begin(), observed.end(),
            [](const Observation& a, const Observation& b) { return a.time < b.time; });
  return observed;
}

Subject enrolled(const Plan& plan, const Conduct& conduct, double amount, Stream& stream) {
  Subject subject;
  for (std::size_t d = 0; d < plan.doses.size() && amount > 0; ++d)
    if (d == 0 || !chance(stream, conduct.missed_doses))
      subject.doses.push_back({plan.doses[d], amount * (d == 0 ? conduct.loading : 1), 0});
  if (amount > 0) subject.concentrations = observed_at(plan.pk_times, subject.doses, conduct, stream);
  subject.responses = observed_at(plan.pd_times, subject.doses, conduct, stream);
  return subject;
}

/// Sizes of the drug's kinetics and effect around which populations are drawn, in this design's units: the
/// clearance is 1.
TrialScales random_scales(const Plan& plan, const std::vector<double>& levels, Stream& stream) {
  TrialScales s;
  s.interval = plan.interval;
  s.pk_first = plan.first;
  s.pk_profile = plan.profile;
  s.half_life = plan.half_life;
  s.peak_time = stream.log_uniform(plan.first,
                                   std::max(1.01 * plan.first, 0.3 * std::min(plan.half_life, plan.profile)));
  const bool many = plan.doses.size() > 1;
  const double left = many ? std::exp2(-plan.interval / plan.half_life) : 0;
  const double peak = std::log(2.0) / plan.half_life / (1 - left);  // of a unit dose, at steady state
  s.concentration_high = levels.back() * peak * stream.log_uniform(0.6, 1.2);
  s.concentration_low =
      std::min(levels.front() * (many ? 1 / plan.interval : 0.35 * peak) * stream.log_uniform(0.7, 1.4),
               0.9 * s.concentration_high);
  s.pk_noise = stream.log_uniform(0.05, 0.3);
  s.baseline_spread = stream.uniform(0.05, 0.5);
  s.effect = (chance(stream, 0.5) ? 1 : -1) * stream.log_uniform(0.3, 2.5);
  s.pd_first = plan.first;
  s.pd_span = std::max(plan.pk_times.back(), 2 * plan.first);
  s.onset = stream.log_uniform(s.pd_first, std::max(2 * s.pd_first, 0.2 * s.pd_span));
  s.pd_noise = stream.log_uniform(0.04, 0.25);
  return s;
}

}  // namespace

RandomDesign random_design(std::size_t group, std::size_t samples, bool with_pd, Stream& stream) {
  Plan plan = chance(stream, 0.45) ? single_dose(samples, stream) : multiple_doses(samples, stream);
  sort_unique(plan.pk_times);
  if (with_pd) plan_responses(stream, plan);
  const std::vector<double> levels = dose_levels(stream);
  const Conduct conduct = random_conduct(with_pd, stream);
  RandomDesign design;
  design.scales = random_scales(plan, levels, stream);
  design.infusion = std::min(stream.log_uniform(plan.first, std::max(6 * plan.first, 0.2 * plan.profile)),
                             0.45 * plan.interval);
  design.least_measured = chance(stream, 0.5) ? 0 : stream.log_uniform(0.003, 0.06);
  const std::size_t shift = stream.below(static_cast<std::uint32_t>(levels.size()));
  for (std::size_t g = 0; g < group; ++g) {
    const bool placebo = g > 0 && chance(stream, conduct.placebo);
    const double amount = placebo ? 0 : levels[(g + shift) % levels.size()];
    design.trial.subjects.push_back(enrolled(plan, conduct, amount, stream));
  }
  return design;
}

std::size_t random_sample_count(Stream& stream) {
  const double u = stream.uniform();
  if (u < 0.85) return static_cast<std::size_t>(stream.log_uniform(fewest_samples, 33));
  return static_cast<std::size_t>(stream.log_uniform(28, static_cast<double>(most_samples) + 1));
}

}  // namespace qdose
