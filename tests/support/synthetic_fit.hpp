// A made-up Fit of the made-up trial: plausible numbers in every field, with the shapes that the stages
// produce.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"
#include "tests/support/synthetic_trial.hpp"

namespace qdose::testing {

inline PopulationModel synthetic_model() {
  PopulationModel model;
  model.pk_class = "pk_1c_oral";
  model.pd_class = "pd_indirect_inhib_kin";
  const auto add = [&](const char* name, const char* unit, bool pk) {
    model.parameters.push_back({name, unit, Scale::log, pk, false, 0, true});
  };
  add("CL", "L/h", true), add("V", "L", true), add("KA", "1/h", true);
  add("R0", "response", false), add("kout", "1/h", false), add("IC50", "mg/L", false);
  model.covariates = {{"BW", false, 72, 50, 100, {}}, {"COMED", true, 0, 0, 1, {0, 1}}};
  model.effects = {{0, 0, 0, "BW_on_CL"}, {0, 1, 0, "BW_on_V"}, {1, 3, 1, "COMED_on_R0"}};
  return model;
}

/// A stationary AR(1) series around `centre`.
inline std::vector<double> wandering(Stream& stream, double centre, double sd, double memory,
                                     std::size_t length) {
  std::vector<double> values;
  double z = stream.normal();
  for (std::size_t i = 0; i < length; ++i) {
    values.push_back(centre + sd * z);
    z = memory * z + std::sqrt(1 - memory * memory) * stream.normal();
  }
  return values;
}

inline void add_parameter(Fit& fit, Stream& stream, const std::string& name, double value, double sd) {
  ParameterSummary p;
  p.name = name;
  p.mean = p.q50 = value;
  p.sd = sd;
  p.q5 = value - 1.645 * sd, p.q95 = value + 1.645 * sd;
  p.q2_5 = value - 1.96 * sd, p.q97_5 = value + 1.96 * sd;
  p.r_hat = 1 + 0.004 * stream.uniform();
  p.ess_bulk = stream.uniform(900, 4000), p.ess_tail = stream.uniform(800, 3000);
  p.mcse_mean = sd / std::sqrt(p.ess_bulk);
  p.prior = {name.find("_on_") == std::string::npos ? "log" : "identity", 0, 0.5};
  if (p.prior.scale == "log") p.prior.mean = std::log(1.2 * value);
  fit.parameters.push_back(p);
  fit.trace_names.push_back(name);
  fit.traces.emplace_back();
  for (std::size_t chain = 0; chain < fit.chains; ++chain)
    fit.traces.back().push_back(wandering(stream, value, sd, 0.2, fit.draws_per_chain));
}

inline void add_population(Fit& fit, Stream& stream) {
  const std::vector<std::pair<const char*, double>> values{{"CL", 0.151}, {"V", 8.12},     {"KA", 0.72},
                                                           {"R0", 15.2},  {"kout", 0.041}, {"IC50", 1.24}};
  for (const auto& [name, value] : values) add_parameter(fit, stream, name, value, 0.04 * value);
  add_parameter(fit, stream, "BW_on_CL", 0.72, 0.14);
  add_parameter(fit, stream, "BW_on_V", 0.95, 0.16);
  add_parameter(fit, stream, "COMED_on_R0", -0.35, 0.05);
  for (const auto& [name, value] : values)
    add_parameter(fit, stream, std::string("omega_") + name, 0.25, 0.03);
  add_parameter(fit, stream, "sigma_pk_proportional", 0.121, 0.004);
  add_parameter(fit, stream, "sigma_pd_proportional", 0.079, 0.003);
}

inline std::vector<double> curve_times() {
  std::vector<double> times;
  for (int i = 0; i <= 252; ++i) times.push_back(4.0 * i);
  return times;
}

inline IndividualFit individual_fit(const SyntheticTrial& trial, std::size_t i, bool pk) {
  const TrialSubject& s = trial.summary.subjects[i];
  const auto curve = [&](const SyntheticParameters& p, const std::vector<double>& times) {
    if (!pk) return response(p, s.dose_level, synthetic_doses, synthetic_interval, times);
    std::vector<double> values;
    for (const double t : times)
      values.push_back(concentration(p, s.dose_level, synthetic_doses, synthetic_interval, t));
    return values;
  };
  IndividualFit fit;
  fit.id = s.id;
  fit.dose_level = s.dose_level;
  fit.time = pk ? s.pk_time : s.pd_time;
  fit.observed = pk ? s.pk : s.pd;
  fit.individual = curve(trial.individual[i], fit.time);
  fit.population = curve(trial.typical[i], fit.time);
  Stream errors(9, Purpose::property_test, 2 * i + (pk ? 1 : 0));
  for (std::size_t k = 0; k < fit.time.size(); ++k) {
    fit.iwres.push_back(errors.normal());
    fit.npde.push_back(errors.normal());
  }
  fit.curve_time = curve_times();
  fit.curve_q50 = curve(trial.individual[i], fit.curve_time);
  for (const double value : fit.curve_q50) {
    fit.curve_q5.push_back(0.92 * value);
    fit.curve_q95.push_back(1.08 * value);
  }
  return fit;
}

/// Quantiles over the subjects of one arm; "simulated" intervals are put around the true ones.
inline PredictiveBand arm_check(const std::vector<IndividualFit>& fits, double dose_level) {
  PredictiveBand band;
  band.dose_level = dose_level;
  std::vector<const IndividualFit*> own;
  for (const IndividualFit& fit : fits)
    if (fit.dose_level == dose_level) own.push_back(&fit);
  band.time = own.front()->time;
  for (std::size_t k = 0; k < band.time.size(); ++k) {
    std::vector<double> observed, fitted;
    for (const IndividualFit* fit : own) {
      observed.push_back(fit->observed[k]);
      fitted.push_back(fit->individual[k]);
    }
    std::sort(observed.begin(), observed.end());
    std::sort(fitted.begin(), fitted.end());
    const auto at = [&](const std::vector<double>& v, double q) {
      return v[static_cast<std::size_t>(q * static_cast<double>(v.size() - 1))];
    };
    band.observed_p10.push_back(at(observed, 0.1)), band.observed_p50.push_back(at(observed, 0.5));
    band.observed_p90.push_back(at(observed, 0.9));
    band.low_p10.push_back(0.8 * at(fitted, 0.1)), band.high_p10.push_back(1.12 * at(fitted, 0.1));
    band.low_p50.push_back(0.88 * at(fitted, 0.5)), band.high_p50.push_back(1.14 * at(fitted, 0.5));
    band.low_p90.push_back(0.9 * at(fitted, 0.9)), band.high_p90.push_back(1.25 * at(fitted, 0.9));
    band.observed_below.push_back(k == 0 ? 0.8 : 0.1), band.low_below.push_back(0);
    band.high_below.push_back(k == 0 ? 1 : 0.3);
  }
  return band;
}

inline void add_individuals(Fit& fit, const SyntheticTrial& trial) {
  for (std::size_t i = 0; i < trial.summary.subjects.size(); ++i) {
    const TrialSubject& s = trial.summary.subjects[i];
    const SyntheticParameters& p = trial.individual[i];
    IndividualEstimate estimate{s.id, s.covariates, {}, {}, {}, {}};
    for (const double value : {p.CL, p.V, p.KA, p.R0, p.kout, p.IC50}) {
      estimate.mean.push_back(std::log(value));
      estimate.sd.push_back(0.08);
      estimate.shrinkage.push_back(s.dose_level > 0 ? 0.9 : 0.1);
    }
    fit.individuals.push_back(estimate);
    if (s.dose_level > 0) fit.pk_fits.push_back(individual_fit(trial, i, true));
    fit.pd_fits.push_back(individual_fit(trial, i, false));
  }
  for (const double level : arms(trial.summary)) {
    if (level > 0) fit.pk_check.push_back(arm_check(fit.pk_fits, level));
    fit.pd_check.push_back(arm_check(fit.pd_fits, level));
  }
  fit.pk_corrected = fit.pk_check.back(), fit.pd_corrected = fit.pd_check.back();
}

inline Fit synthetic_fit(const SyntheticTrial& trial, std::uint64_t seed = 1) {
  Stream stream(seed, Purpose::posterior_check, 0);
  Fit fit;
  fit.trial = trial.summary.file;
  fit.pk_class = "pk_1c_oral", fit.pd_class = "pd_indirect_inhib_kin", fit.sampler = "qihmc";
  fit.model = synthetic_model();
  fit.chains = 4, fit.draws_per_chain = 1000;
  PopulationDraw draw;
  for (const double value : {0.151, 8.12, 0.72, 15.2, 0.041, 1.24}) {
    draw.typical.push_back(std::log(value));
    draw.omega.push_back(0.25);
  }
  draw.beta = {0.72, 0.95, -0.35}, draw.pk_proportional = 0.12, draw.pd_proportional = 0.08;
  fit.draws.assign(fit.chains * fit.draws_per_chain, draw);
  add_population(fit, stream);
  for (std::size_t chain = 0; chain < fit.chains; ++chain) {
    ChainInfo info;
    info.step_size = 0.21, info.acceptance = 0.86, info.e_bfmi = 0.85;
    info.energy = wandering(stream, 1520, 12, 0.3, fit.draws_per_chain);
    info.leapfrog_steps.assign(fit.draws_per_chain, 7), info.tree_depth.assign(fit.draws_per_chain, 3);
    info.divergent.assign(fit.draws_per_chain, 0);
    info.divergent[100 + chain] = 1;
    fit.chain_info.push_back(info);
  }
  fit.r_hat_max = 1.006, fit.r_hat_worst = "eta_KA[17]";
  fit.ess_bulk_min = 812, fit.ess_tail_min = 640, fit.ess_worst = "omega_KA";
  fit.ess_tail_worst = "omega_CL";
  fit.gradient_evaluations = 91234, fit.seconds_warmup = 0.51, fit.seconds_sampling = 0.62;
  fit.pk_rmse = {0.21, 0.68}, fit.pd_rmse = {0.74, 2.31};
  fit.loo.elpd = -2510.4, fit.loo.se = 41.2, fit.loo.p_loo = 130.5, fit.loo.worst_k = 0.62;
  add_individuals(fit, trial);
  for (const PopulationParameter& parameter : fit.model.parameters)
    if (parameter.varies)
      fit.etas.push_back({parameter.name, 0.12, std::vector<double>(fit.model.covariates.size(), 0.05)});
  fit.notes = {"KA and V were sampled non-centred for placebo subjects."};
  return fit;
}

}  // namespace qdose::testing
