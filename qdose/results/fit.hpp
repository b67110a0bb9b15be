// What Stage 2 says: the population's posterior, the individuals' parameters, how well the sampler did.
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/results/population_model.hpp"

namespace qdose {

/// Prior of a quantity: normal on its unbounded scale, which is "log", "logit" or "identity". Empty scale:
/// none of its own (what is computed from others, correlations of random effects).
struct QuantityPrior {
  std::string scale;
  double mean = 0, sd = 1;
};

/// Posterior of one reported quantity on the natural scale.
struct ParameterSummary {
  std::string name;
  double mean = 0, sd = 0, q5 = 0, q50 = 0, q95 = 0;
  double q2_5 = 0, q97_5 = 0;
  double r_hat = 0, ess_bulk = 0, ess_tail = 0, mcse_mean = 0;
  QuantityPrior prior = {};
};

/// An individual's parameters: posterior mean and sd on the unbounded scale, by PopulationModel::parameters.
struct IndividualEstimate {
  std::string id;
  std::vector<double> covariates;  ///< in the order of PopulationModel::covariates
  std::vector<double> mean, sd;
  std::vector<double>
      eta;  ///< posterior mean of phi - (typical + covariate effects), 0 where it does not vary
  std::vector<double> shrinkage;  ///< per parameter: var of (phi - mean) / omega^2 kept by the data, 0..1
};

/// Fitted and observed values of one subject and one kind of observation (PK or PD).
struct IndividualFit {
  std::string id;
  double dose_level = 0;
  std::vector<double> time, observed, individual, population;  ///< at the observations
  std::vector<double> iwres, npde;  ///< the same; standard normal when the model is right
  std::vector<double> curve_time, curve_q5, curve_q50, curve_q95;  ///< individual prediction with its band
};

/// Simulated against observed quantiles over time (posterior predictive check) of one arm.
struct PredictiveBand {
  double dose_level = 0;
  std::vector<double> time;
  std::vector<double> observed_p10, observed_p50, observed_p90;
  std::vector<double> low_p10, high_p10, low_p50, high_p50, low_p90,
      high_p90;  ///< 90% intervals of simulated
  /// Share of values below their limit of quantification; empty where no limit is known.
  std::vector<double> observed_below = {}, low_below = {}, high_below = {};
};

struct Rmse {
  double individual = 0, population = 0;  ///< mean over subjects of each subject's RMSE
};

/// Leave-one-observation-out elpd by PSIS where computed; se 0 and elpd NaN where not.
struct LooSummary {
  double elpd = 0, se = 0, p_loo = 0;
  double worst_k = 0;
  std::size_t bad_k = 0, observations = 0;  ///< values with Pareto k above 0.7, of so many
};

/// How far the individual estimates of a parameter are drawn to the population, 1 - sd(eta) / omega over the
/// subjects whose data inform it (Savic & Karlsson 2009); and the correlation of the etas with each covariate
/// (Pearson; levels of a categorical one as numbers).
struct EtaSummary {
  std::string parameter;
  double shrinkage = 0;
  std::vector<double> correlation;  ///< by PopulationModel::covariates
};

/// Whether a parameter varies between subjects: posterior probability from even odds, the likeliest omega,
/// and the value below which it lies with probability 0.95 if it varies.
struct VariabilityChoice {
  std::string parameter;
  double probability = 1, omega = 0, upper = 0;
  bool kept = true;
};

/// Whether a covariate acts: posterior probability from even odds, and mean and sd of the coefficient.
struct EffectChoice {
  std::string name;
  double probability = 1, mean = 0, sd = 0;
  bool kept = true;
};

/// One chain's diagnostics and the values that trace plots show.
struct ChainInfo {
  double step_size = 0, acceptance = 0, e_bfmi = 0;
  long divergences = 0;
  std::vector<double> energy;
  /// By draw: log posterior (of the sampled coordinates), acceptance, leapfrog steps, doublings, 1 where it
  /// diverged.
  std::vector<double> log_density, accept;
  std::vector<int> leapfrog_steps, tree_depth, divergent;
};

struct Fit {
  std::string trial, pk_class, pd_class, sampler;
  PopulationModel model;
  std::vector<VariabilityChoice> variabilities;  ///< what was considered, and whether the model has it
  std::vector<EffectChoice> effects;
  std::vector<PopulationDraw> draws;  ///< all chains, chain after chain, equal lengths
  std::size_t chains = 0, draws_per_chain = 0;
  std::vector<ParameterSummary> parameters;  ///< population values, omegas, sigmas, covariate effects
  std::vector<ChainInfo> chain_info;
  std::vector<std::string> trace_names;                      ///< reported quantities kept for trace plots
  std::vector<std::vector<std::vector<double>>> traces;      ///< [name][chain][draw]
  double r_hat_max = 0, ess_bulk_min = 0, ess_tail_min = 0;  ///< over ALL sampled quantities
  std::string r_hat_worst, ess_worst, ess_tail_worst;        ///< their names
  long gradient_evaluations = 0, divergences = 0;
  double seconds_warmup = 0, seconds_sampling = 0;  ///< wall clock; the pilot is part of the warm-up
  double seconds_pilot = 0, seconds_predictions = 0;
  Rmse pk_rmse, pd_rmse;
  LooSummary loo;
  std::vector<IndividualEstimate> individuals;
  std::vector<IndividualFit> pk_fits, pd_fits;
  std::vector<PredictiveBand> pk_check, pd_check;
  PredictiveBand pk_corrected, pd_corrected;  ///< prediction-corrected, dosed arms together; empty without
  std::vector<EtaSummary> etas;               ///< of parameters that vary
  std::vector<std::string> notes;
};

/// fit.json (summaries) and, next to it, draws/chain-K.csv in CmdStan's layout.
Result<Done> save(const Fit& fit, const std::string& directory);
Result<Fit> load_fit(const std::string& directory);

}  // namespace qdose
