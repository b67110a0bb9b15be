#include "qdose/stage2_population/individual_fits.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/predictions.hpp"

namespace qdose {
namespace {

/// Values of one subject [time][draw].
struct Curves {
  std::vector<double> pk, pd;
};

/// What the fit of one role and subject is made of.
struct RoleCurves {
  const std::vector<Observation>& observations;
  const std::vector<double>& times;
  const std::vector<double>&own, &expected;
  std::size_t draws;

  std::span<const double> at(const std::vector<double>& curves, std::size_t time) const {
    return std::span(curves).subspan(time * draws, draws);
  }
};

std::vector<Curves> curves_of(const Posterior& posterior, const Predictor& predictor,
                              const std::vector<PredictionTimes>& times,
                              const std::vector<std::size_t>& draws, int threads,
                              void (Posterior::*parameters)(std::size_t, std::size_t, std::span<double>)
                                  const) {
  std::vector<Curves> curves;
  for (const PredictionTimes& own : times)
    curves.push_back({std::vector<double>(own.pk.size() * draws.size()),
                      std::vector<double>(own.pd.size() * draws.size())});
  predictor.predict(
      draws.size(), threads,
      [&](std::size_t d, std::size_t s, std::span<double> phi) { (posterior.*parameters)(draws[d], s, phi); },
      [&](std::size_t d, std::size_t s, const Prediction& f) {
        for (std::size_t k = 0; k < f.pk_values.size(); ++k) curves[s].pk[k * draws.size() + d] = f.pk(k);
        for (std::size_t k = 0; k < f.pd_values.size(); ++k) curves[s].pd[k * draws.size() + d] = f.pd(k);
      });
  return curves;
}

double mean_of(std::span<const double> x) {
  double sum = 0;
  for (double v : x) sum += v / static_cast<double>(x.size());
  return sum;
}

IndividualFit fit_of(const Subject& subject, const RoleCurves& curves) {
  IndividualFit fit;
  fit.id = subject.id;
  fit.dose_level = subject.dose_level();
  for (const Observation& o : curves.observations) {
    const auto k = static_cast<std::size_t>(
        std::lower_bound(curves.times.begin(), curves.times.end(), o.time) - curves.times.begin());
    fit.time.push_back(o.time);
    fit.observed.push_back(o.value);
    fit.individual.push_back(mean_of(curves.at(curves.own, k)));
    fit.population.push_back(mean_of(curves.at(curves.expected, k)));
  }
  fit.curve_time = curves.times;
  constexpr double levels[3] = {0.05, 0.5, 0.95};
  std::vector<double> values;
  for (std::size_t k = 0; k < curves.times.size(); ++k) {
    const auto draws = curves.at(curves.own, k);
    values.assign(draws.begin(), draws.end());
    double quantiles[3];
    select_quantiles(values, levels, quantiles);
    fit.curve_q5.push_back(quantiles[0]);
    fit.curve_q50.push_back(quantiles[1]);
    fit.curve_q95.push_back(quantiles[2]);
  }
  return fit;
}

double root_mean_square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

Rmse rmse_of(const std::vector<IndividualFit>& fits) {
  Rmse rmse;
  for (const IndividualFit& fit : fits) {
    rmse.individual += root_mean_square(fit.observed, fit.individual) / static_cast<double>(fits.size());
    rmse.population += root_mean_square(fit.observed, fit.population) / static_cast<double>(fits.size());
  }
  return rmse;
}

double covariance(const std::vector<double>& x, const std::vector<double>& y) {
  const double mx = mean_of(x), my = mean_of(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mx) * (y[i] - my);
  return x.size() > 1 ? sum / static_cast<double>(x.size() - 1) : 0.0;
}

double standard_deviation(const std::vector<double>& x) { return std::sqrt(covariance(x, x)); }

/// 0 where one of the two is constant.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double scale = standard_deviation(x) * standard_deviation(y);
  return scale > 0 ? covariance(x, y) / scale : 0.0;
}

/// Running sums of one subject's parameter, as differences from where its first draw lies: the variance then
/// loses no digits.
struct Moments {
  double sum = 0, squares = 0, eta = 0, eta_squares = 0;

  void add(double from_first, double deviation) {
    sum += from_first;
    squares += from_first * from_first;
    eta += deviation;
    eta_squares += deviation * deviation;
  }
};

/// Mean of omega^2 over the draws, by parameter.
std::vector<double> mean_squared_omega(const Posterior& posterior) {
  std::vector<double> mean(posterior.model().parameters.size());
  for (std::size_t k = 0; k < posterior.size(); ++k)
    for (std::size_t p = 0; p < mean.size(); ++p) {
      const double omega = posterior.population(k).omega[p];
      mean[p] += omega * omega / static_cast<double>(posterior.size());
    }
  return mean;
}

/// Adds one parameter to a subject's estimate.
void add_parameter(const Moments& moments, double first, double n, double omega_squares,
                   IndividualEstimate& estimate) {
  const double mean = moments.sum / n, eta = moments.eta / n;
  const double unexplained = moments.eta_squares / n - eta * eta;
  estimate.mean.push_back(first + mean);
  estimate.sd.push_back(std::sqrt(std::max(moments.squares / n - mean * mean, 0.0)));
  estimate.eta.push_back(eta);
  estimate.shrinkage.push_back(omega_squares > 0 ? std::clamp(1.0 - unexplained / omega_squares, 0.0, 1.0)
                                                 : 0.0);
}

/// Estimates of the subjects from `begin`, draw by draw: their values lie next to each other in a draw.
void estimate_some(const Posterior& posterior, const std::vector<double>& omega_squares, std::size_t begin,
                   std::span<IndividualEstimate> estimates) {
  const std::size_t parameters = posterior.model().parameters.size();
  std::vector<double> phi(parameters), mean(parameters), first(parameters * estimates.size());
  std::vector<Moments> moments(first.size());
  for (std::size_t k = 0; k < posterior.size(); ++k)
    for (std::size_t i = 0; i < estimates.size(); ++i) {
      posterior.individual(k, begin + i, phi);
      posterior.expected(k, begin + i, mean);
      for (std::size_t p = 0; p < parameters; ++p) {
        double& start = first[i * parameters + p];
        if (k == 0) start = phi[p];
        // Equal ones may be infinite: a fixed value at the end of its range.
        moments[i * parameters + p].add(phi[p] == start ? 0.0 : phi[p] - start,
                                        phi[p] == mean[p] ? 0.0 : phi[p] - mean[p]);
      }
    }
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const Subject& subject = posterior.trial().subjects[begin + i];
    estimates[i].id = subject.id;
    estimates[i].covariates = subject.covariates;
    for (std::size_t p = 0; p < parameters; ++p)
      add_parameter(moments[i * parameters + p], first[i * parameters + p],
                    static_cast<double>(posterior.size()), omega_squares[p], estimates[i]);
  }
}

}  // namespace

IndividualFits individual_fits(const Posterior& posterior, std::size_t draws, int threads) {
  const std::vector<Subject>& subjects = posterior.trial().subjects;
  const bool has_pd = posterior.problem().pd != nullptr;
  std::vector<PredictionTimes> times;
  for (const Subject& subject : subjects) times.push_back(curve_times(subject));
  const Predictor predictor(posterior.problem(), posterior.trial(), times);
  const std::vector<std::size_t> chosen = evenly_spaced(posterior.size(), draws);
  const auto own = curves_of(posterior, predictor, times, chosen, threads, &Posterior::individual);
  const auto expected = curves_of(posterior, predictor, times, chosen, threads, &Posterior::expected);
  std::vector<IndividualFit> pk(subjects.size()), pd(subjects.size());
  parallel_for(subjects.size(), threads, [&](std::size_t s) {
    const Subject& subject = subjects[s];
    const std::size_t n = chosen.size();
    if (!times[s].pk.empty())
      pk[s] = fit_of(subject, {subject.concentrations, times[s].pk, own[s].pk, expected[s].pk, n});
    if (!times[s].pd.empty() && has_pd)
      pd[s] = fit_of(subject, {subject.responses, times[s].pd, own[s].pd, expected[s].pd, n});
  });
  IndividualFits fits;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    if (!times[s].pk.empty()) fits.pk.push_back(std::move(pk[s]));
    if (!times[s].pd.empty() && has_pd) fits.pd.push_back(std::move(pd[s]));
  }
  fits.pk_rmse = rmse_of(fits.pk);
  fits.pd_rmse = rmse_of(fits.pd);
  return fits;
}

std::vector<IndividualEstimate> individual_estimates(const Posterior& posterior, int threads) {
  constexpr std::size_t at_once = 8;
  std::vector<IndividualEstimate> estimates(posterior.trial().subjects.size());
  const std::vector<double> omega_squares = mean_squared_omega(posterior);
  parallel_for((estimates.size() + at_once - 1) / at_once, threads, [&](std::size_t part) {
    const std::size_t begin = part * at_once;
    estimate_some(posterior, omega_squares, begin,
                  std::span(estimates).subspan(begin, std::min(at_once, estimates.size() - begin)));
  });
  return estimates;
}

std::vector<EtaSummary> eta_summaries(const Posterior& posterior,
                                      const std::vector<IndividualEstimate>& individuals) {
  const PopulationModel& model = posterior.model();
  std::vector<EtaSummary> summaries;
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    if (!model.parameters[p].varies) continue;
    std::vector<double> etas;
    std::vector<std::vector<double>> covariates(model.covariates.size());
    for (std::size_t s = 0; s < individuals.size(); ++s) {
      if (posterior.problem().layout.individual[s][p] == absent) continue;
      etas.push_back(individuals[s].eta[p]);
      for (std::size_t c = 0; c < covariates.size(); ++c)
        covariates[c].push_back(individuals[s].covariates[c]);
    }
    double omega = 0;
    for (std::size_t k = 0; k < posterior.size(); ++k)
      omega += posterior.population(k).omega[p] / static_cast<double>(posterior.size());
    EtaSummary summary{model.parameters[p].name, 1.0 - standard_deviation(etas) / omega, {}};
    for (const auto& covariate : covariates) summary.correlation.push_back(correlation(etas, covariate));
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace qdose
