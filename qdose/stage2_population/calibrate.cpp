#include "qdose/stage2_population/calibrate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/effect_precision.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/starts.hpp"

namespace qdose {
namespace {

constexpr int bins = 10, chains = 2, thinning = 5;
constexpr std::uint32_t calibration_part = 0x5bc;  // sub-item: truths and data of refits

/// Draws of one coordinate among which the truth is ranked. With the planted error a state that was rejected
/// is not counted again: the mistake of samplers that append on acceptance only.
std::vector<double> ranked_draws(const Sample& sample, std::size_t coordinate, bool drop_rejected) {
  std::vector<double> all, thinned;
  for (const Chain& chain : sample.chains)
    for (std::size_t k = 0; k < chain.draws.size(); ++k)
      if (!drop_rejected || chain.rejected[k] == 0) all.push_back(chain.draws[k][coordinate]);
  for (std::size_t k = thinning - 1; k < all.size(); k += thinning) thinned.push_back(all[k]);
  return thinned;
}

/// Bin of the truth's rank; ties cannot happen.
std::size_t bin_of(const std::vector<double>& draws, double truth) {
  const auto below = std::count_if(draws.begin(), draws.end(), [&](double x) { return x < truth; });
  return static_cast<std::size_t>(below) * bins / (draws.size() + 1);
}

RankHistogram histogram(std::string name, std::vector<int> counts) {
  RankHistogram h{std::move(name), std::move(counts)};
  double total = 0;
  for (int c : h.counts) total += c;
  const double expected = total / bins;
  for (int c : h.counts) h.chi_square += (c - expected) * (c - expected) / expected;
  h.p_value = chi_square_tail(h.chi_square, bins - 1);
  return h;
}

double moment_sd(const std::vector<double>& x, double& mean) {
  mean = 0;
  for (double v : x) mean += v / static_cast<double>(x.size());
  double squares = 0;
  for (double v : x) squares += (v - mean) * (v - mean) / static_cast<double>(x.size() - 1);
  return std::sqrt(squares);
}

class PriorsAround {
 public:
  explicit PriorsAround(const Fit& fit) : fit_(fit) {}

  template <class Value>
  void narrow(Normal& prior, Value value) const {
    constexpr double wider = 2.0, smallest = 0.02;
    std::vector<double> draws;
    for (const PopulationDraw& draw : fit_.draws) draws.push_back(value(draw));
    double mean = 0;
    const double sd = moment_sd(draws, mean);
    prior = {mean, std::min(std::max(wider * sd, smallest), prior.sd)};
  }

 private:
  const Fit& fit_;
};

/// As many values as were observed, each censored where it falls below its limit.
void simulate_role(Observed& observed, const ErrorModel& error, const std::vector<Lanes>& f, Stream& random) {
  std::vector<Lanes> wanted = observed.count;
  for (const Observed::Censored& c : observed.censored) wanted[c.value][c.lane] += 1;
  observed.censored.clear();
  for (std::size_t k = 0; k < observed.count.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      if (wanted[k][l] == 0) continue;
      const double limit = observed.limit.empty() ? 0.0 : observed.limit[k][l];
      double n = 0, mean = 0, spread = 0;
      for (int i = 0; i < static_cast<int>(wanted[k][l]); ++i) {
        const double y = error.value(f[k][l], random.normal());
        if (limit > 0 && y < limit) {
          observed.censored.push_back({k, l, limit});
          continue;
        }
        const double value = error.log_scale ? std::log(y) : y, before = value - mean;
        n += 1;
        mean += before / n;
        spread += before * (value - mean);
      }
      observed.count[k][l] = n;
      observed.mean[k][l] = mean;
      observed.spread[k][l] = spread;
    }
}

/// The Cholesky factor of the random effects' correlation, drawn from its prior into `truth`; that of
/// independent ones when the layout has no correlations.
EffectMatrix drawn_root(const Layout& layout, Stream& random, std::vector<double>& truth) {
  const auto order = std::ranges::count_if(layout.log_omega, [](auto place) { return place != absent; });
  if (layout.correlation.empty()) return EffectMatrix::Identity(order, order);
  const std::vector<double> y = draw_lkj(order, EffectPrecision::prior_shape, random);
  std::ranges::copy(y, truth.begin() + static_cast<std::ptrdiff_t>(layout.correlation.front()));
  return correlation_root(y, order);
}

/// Random effects of eight subjects in units of their omegas, by parameter; 0 for those that do not vary.
std::vector<Lanes> drawn_effects(const Layout& layout, const EffectMatrix& root, Stream& random) {
  std::vector<Lanes> effects(layout.log_omega.size());
  for (std::size_t l = 0; l < lanes; ++l) {
    const Eigen::VectorXd u = root * standard_normal(root.rows(), random);
    Eigen::Index next = 0;
    for (std::size_t p = 0; p < effects.size(); ++p)
      if (layout.log_omega[p] != absent) effects[p][l] = u[next++];
  }
  return effects;
}

}  // namespace

double chi_square_tail(double statistic, int degrees) {
  // Regularised upper incomplete gamma by its series or Lentz's continued fraction (Press et al.,
  // section 6.2).
  const double a = 0.5 * degrees, x = 0.5 * statistic;
  if (x <= 0) return 1;
  const double front = std::exp(-x + a * std::log(x) - std::lgamma(a));
  constexpr int most = 500;
  constexpr double enough = 1e-14, tiny = 1e-300;
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < most && term > enough * sum; ++n) sum += term *= x / (a + n);
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
  for (int i = 1; i < most; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = 1 / std::max(std::abs(an * d + b), tiny) * ((an * d + b) < 0 ? -1 : 1);
    c = b + an / c;
    const double delta = c * d;
    h *= delta;
    if (std::abs(delta - 1) < enough) break;
  }
  return front * h;
}

PopulationPriors calibration_priors(const PopulationPriors& priors, const Fit& fit) {
  PopulationPriors result = priors;
  const PriorsAround around(fit);
  for (std::size_t p = 0; p < result.typical.size(); ++p) {
    around.narrow(result.typical[p], [p](const PopulationDraw& d) { return d.typical[p]; });
    if (fit.model.parameters[p].varies)
      around.narrow(result.log_omega[p], [p](const PopulationDraw& d) { return std::log(d.omega[p]); });
  }
  for (std::size_t e = 0; e < result.beta.size(); ++e)
    around.narrow(result.beta[e], [e](const PopulationDraw& d) { return d.beta[e]; });
  const auto error = [&](Normal& prior, double PopulationDraw::*part) {
    if (fit.draws.front().*part > 0)
      around.narrow(prior, [part](const PopulationDraw& d) { return std::log(d.*part); });
  };
  error(result.log_pk_proportional, &PopulationDraw::pk_proportional);
  error(result.log_pk_additive, &PopulationDraw::pk_additive);
  error(result.log_pd_proportional, &PopulationDraw::pd_proportional);
  error(result.log_pd_additive, &PopulationDraw::pd_additive);
  return result;
}

std::vector<double> simulate_into(PopulationProblem& problem, Stream& random) {
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  const PopulationModel& model = problem.structure.model;
  std::vector<double> truth(layout.head);
  const auto draw = [&](std::ptrdiff_t place, const Normal& prior) {
    if (place != absent) truth[static_cast<std::size_t>(place)] = prior.mean + prior.sd * random.normal();
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    draw(layout.typical[p], priors.typical[p]);
    draw(layout.log_omega[p], priors.log_omega[p]);
  }
  const EffectMatrix effects_root = drawn_root(layout, random, truth);
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    draw(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  draw(layout.log_pk_proportional, priors.log_pk_proportional);
  draw(layout.log_pk_additive, priors.log_pk_additive);
  draw(layout.log_pd_proportional, priors.log_pd_proportional);
  draw(layout.log_pd_additive, priors.log_pd_additive);
  const auto exp_at = [&](std::ptrdiff_t place) {
    return place == absent ? 0.0 : std::exp(truth[static_cast<std::size_t>(place)]);
  };
  BatchEvaluation evaluation;
  evaluation.natural.resize(model.parameters.size());
  for (ProblemBatch& batch : problem.batches) {
    const std::vector<Lanes> effects = drawn_effects(layout, effects_root, random);
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      for (std::size_t l = 0; l < lanes; ++l) {
        double phi = layout.typical[p] == absent
                         ? to_unbounded(model.parameters[p].scale, model.parameters[p].value)
                         : truth[static_cast<std::size_t>(layout.typical[p])];
        phi += exp_at(layout.log_omega[p]) * effects[p][l];
        for (std::size_t e = 0; e < model.effects.size(); ++e)
          if (model.effects[e].parameter == p) phi += truth[layout.beta[e]] * batch.inputs[e][l];
        evaluation.natural[p][l] = to_natural(model.parameters[p].scale, phi);
      }
    evaluation.predict(problem, batch.data.plan);
    simulate_role(batch.data.pk,
                  {exp_at(layout.log_pk_proportional), exp_at(layout.log_pk_additive),
                   model.pk_error == ErrorKind::log_normal},
                  evaluation.concentration, random);
    simulate_role(batch.data.pd,
                  {exp_at(layout.log_pd_proportional), exp_at(layout.log_pd_additive),
                   model.pd_error == ErrorKind::log_normal},
                  evaluation.response, random);
  }
  return truth;
}

namespace {

/// What one refit gave: nothing where it was not done here, else the bin of every quantity's truth; {-1}
/// where it failed.
using Bins = std::vector<double>;

Bins refit(const PopulationProblem& problem, const SamplerSettings& sampler, bool plant_error,
           std::uint64_t seed, std::size_t r, int& ranked) {
  constexpr double dispersion = 1.0;
  auto own = std::make_shared<PopulationProblem>(problem);
  Stream random(seed, Purpose::virtual_trial, r, calibration_part);
  const std::vector<double> truth = simulate_into(*own, random);
  PopulationDensity density(own);
  SamplerSettings settings = sampler;
  settings.threads = 1;
  settings.share = nullptr;
  settings.most_draws = settings.draws;
  settings.seed = seed + 1 + r;
  const auto starts = find_starts(density, chains, dispersion, settings.seed, 1);
  const auto drawn = starts ? sample(density, starts->positions, settings, silent_progress())
                            : Result<Sample>(starts.errors());
  if (!drawn) return {-1};
  Bins found;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const std::vector<double> draws = ranked_draws(*drawn, i, plant_error);
    ranked = static_cast<int>(draws.size());
    found.push_back(static_cast<double>(bin_of(draws, truth[i])));
  }
  return found;
}

/// Fills in the refits of other processes. False when one of them was stopped.
bool share_bins(const WorkShare& share, bool stopped, std::vector<Bins>& found) {
  Bins mine{stopped ? 1.0 : 0.0};
  for (const Bins& bins_of_refit : found) {
    mine.push_back(static_cast<double>(bins_of_refit.size()));
    mine.insert(mine.end(), bins_of_refit.begin(), bins_of_refit.end());
  }
  for (const Bins& theirs : share.gather(mine)) {
    if (theirs.front() != 0) return false;
    std::size_t next = 1;
    for (Bins& own : found) {
      const auto count = static_cast<std::size_t>(theirs[next++]);
      if (own.empty()) own.assign(&theirs[next], &theirs[next] + count);
      next += count;
    }
  }
  return true;
}

}  // namespace

Result<Calibration> calibrate(std::shared_ptr<const PopulationProblem> problem, const Trial& trial,
                              const SamplerSettings& sampler, int refits, bool plant_error,
                              std::uint64_t seed, Progress& progress, const WorkShare* share) {
  const auto begin = std::chrono::steady_clock::now();
  Calibration result;
  std::vector<Bins> found(static_cast<std::size_t>(refits));
  std::mutex guard;
  std::size_t done = 0;
  progress.begin("calibration", found.size());
  parallel_for(found.size(), sampler.threads, [&](std::size_t r) {
    if (interrupted() || (share != nullptr && !share->is_mine(r))) return;
    int ranked = 0;
    found[r] = refit(*problem, sampler, plant_error, seed, r, ranked);
    const std::lock_guard lock(guard);
    progress.update(++done);
    if (ranked > 0) result.ranked_draws = std::max(result.ranked_draws, ranked);
  });
  progress.end();
  const bool whole = share == nullptr ? !interrupted() : share_bins(*share, interrupted(), found);
  if (!whole) return Error{Fault::numerical, "interrupted", "", ""};
  std::vector<std::vector<int>> counts(problem->layout.head, std::vector<int>(bins));
  for (const Bins& of_refit : found) {
    if (of_refit.size() != counts.size() || of_refit.front() < 0) {
      ++result.failed;
      continue;
    }
    for (std::size_t i = 0; i < counts.size(); ++i) ++counts[i][static_cast<std::size_t>(of_refit[i])];
  }
  if (10 * result.failed > refits)
    return Error{Fault::numerical,
                 std::to_string(result.failed) + " of " + std::to_string(refits) + " refits failed", "", ""};
  const auto names = coordinate_names(problem->layout, problem->structure.model, trial);
  result.pk_class = problem->structure.model.pk_class;
  result.pd_class = problem->structure.model.pd_class;
  result.planted = plant_error ? "rejected states dropped" : "";
  result.refits = refits;
  for (std::size_t i = 0; i < counts.size(); ++i) result.quantities.push_back(histogram(names[i], counts[i]));
  double smallest = 1;
  for (const RankHistogram& h : result.quantities) smallest = std::min(smallest, h.p_value);
  result.p_value = std::min(1.0, smallest * static_cast<double>(result.quantities.size()));
  result.uniform = result.p_value >= 0.01;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace qdose
