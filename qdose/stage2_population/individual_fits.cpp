#include "qdose/stage2_population/individual_fits.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/predictions.hpp"

namespace qdose {
namespace {

/// Curves of every subject, one a draw: [subject][draw].
using Curves = std::vector<std::vector<Prediction>>;

Curves curves_of(const Posterior& posterior, const Predictor& predictor,
                 const std::vector<std::size_t>& draws, int threads,
                 std::vector<double> (Posterior::*parameters)(std::size_t, std::size_t) const) {
  Curves curves(posterior.trial().subjects.size(), std::vector<Prediction>(draws.size()));
  with_predictors(predictor, draws.size(), threads, [&](Predictor& own, std::size_t d) {
    own.predict([&](std::size_t s) { return (posterior.*parameters)(draws[d], s); },
                [&](std::size_t s, const Prediction& prediction) { curves[s][d] = prediction; });
  });
  return curves;
}

double mean_at(const std::vector<Prediction>& curves, std::vector<double> Prediction::*role, std::size_t k) {
  double sum = 0;
  for (const Prediction& curve : curves) sum += (curve.*role)[k] / static_cast<double>(curves.size());
  return sum;
}

IndividualFit fit_of(const Subject& subject, const std::vector<Observation>& observations,
                     const std::vector<double>& times, std::vector<double> Prediction::*role,
                     const std::vector<Prediction>& own, const std::vector<Prediction>& expected) {
  IndividualFit fit;
  fit.id = subject.id;
  fit.dose_level = subject.dose_level();
  for (const Observation& o : observations) {
    const auto k =
        static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), o.time) - times.begin());
    fit.time.push_back(o.time);
    fit.observed.push_back(o.value);
    fit.individual.push_back(mean_at(own, role, k));
    fit.population.push_back(mean_at(expected, role, k));
  }
  fit.curve_time = times;
  for (std::size_t k = 0; k < times.size(); ++k) {
    std::vector<double> values;
    for (const Prediction& curve : own) values.push_back((curve.*role)[k]);
    std::sort(values.begin(), values.end());
    fit.curve_q5.push_back(quantile_of_sorted(values, 0.05));
    fit.curve_q50.push_back(quantile_of_sorted(values, 0.5));
    fit.curve_q95.push_back(quantile_of_sorted(values, 0.95));
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

double mean_of(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += v / static_cast<double>(x.size());
  return sum;
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

}  // namespace

IndividualFits individual_fits(const Posterior& posterior, std::size_t draws, int threads) {
  const Trial& trial = posterior.trial();
  std::vector<PredictionTimes> times;
  for (const Subject& subject : trial.subjects) times.push_back(curve_times(subject));
  const Predictor predictor(posterior.problem(), trial, times);
  const std::vector<std::size_t> chosen = evenly_spaced(posterior.size(), draws);
  const Curves own = curves_of(posterior, predictor, chosen, threads, &Posterior::individual);
  const Curves expected = curves_of(posterior, predictor, chosen, threads, &Posterior::expected);
  IndividualFits fits;
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    const Subject& subject = trial.subjects[s];
    if (!times[s].pk.empty())
      fits.pk.push_back(
          fit_of(subject, subject.concentrations, times[s].pk, &Prediction::pk, own[s], expected[s]));
    if (!times[s].pd.empty() && posterior.problem().pd != nullptr)
      fits.pd.push_back(
          fit_of(subject, subject.responses, times[s].pd, &Prediction::pd, own[s], expected[s]));
  }
  fits.pk_rmse = rmse_of(fits.pk);
  fits.pd_rmse = rmse_of(fits.pd);
  return fits;
}

std::vector<IndividualEstimate> individual_estimates(const Posterior& posterior, int threads) {
  const Trial& trial = posterior.trial();
  const std::size_t parameters = posterior.model().parameters.size();
  std::vector<IndividualEstimate> estimates(trial.subjects.size());
  parallel_for(estimates.size(), threads, [&](std::size_t s) {
    std::vector<double> sum(parameters), squares(parameters), deviation(parameters),
        deviation_squares(parameters), omega_squares(parameters);
    const double n = static_cast<double>(posterior.size());
    for (std::size_t k = 0; k < posterior.size(); ++k) {
      const std::vector<double> phi = posterior.individual(k, s), mean = posterior.expected(k, s);
      const PopulationDraw population = posterior.population(k);
      for (std::size_t p = 0; p < parameters; ++p) {
        const double d = phi[p] == mean[p] ? 0.0 : phi[p] - mean[p];
        sum[p] += phi[p] / n;
        squares[p] += phi[p] * phi[p] / n;
        deviation[p] += d / n;
        deviation_squares[p] += d * d / n;
        omega_squares[p] += population.omega[p] * population.omega[p] / n;
      }
    }
    IndividualEstimate& estimate = estimates[s];
    estimate.id = trial.subjects[s].id;
    estimate.covariates = trial.subjects[s].covariates;
    for (std::size_t p = 0; p < parameters; ++p) {
      const bool fixed = posterior.model().parameters[p].fixed;
      const double variance = fixed ? 0.0 : std::max(squares[p] - sum[p] * sum[p], 0.0);
      const double unexplained = deviation_squares[p] - deviation[p] * deviation[p];
      estimate.mean.push_back(sum[p]);
      estimate.sd.push_back(std::sqrt(variance));
      estimate.eta.push_back(deviation[p]);
      estimate.shrinkage.push_back(
          omega_squares[p] > 0 ? std::clamp(1.0 - unexplained / omega_squares[p], 0.0, 1.0) : 0.0);
    }
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
