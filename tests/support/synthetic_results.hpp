// Made-up results of a whole run, every field filled: what the report is developed and tested against.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "qdose/report/report.hpp"
#include "tests/support/synthetic_encoders.hpp"
#include "tests/support/synthetic_fit.hpp"
#include "tests/support/synthetic_subjects.hpp"

namespace qdose::testing {

/// Class probabilities that favour `best`; `strength` in (0, 1) is its share before noise.
inline std::map<std::string, double> class_probabilities(const std::vector<std::string>& ids,
                                                         const std::string& best, double strength,
                                                         Stream& stream) {
  std::map<std::string, double> weights;
  double sum = 0;
  for (const std::string& id : ids)
    sum += weights[id] = (id == best ? strength : 1 - strength) * stream.uniform();
  for (auto& [id, weight] : weights) weight /= sum;
  return weights;
}

inline ClassPosterior synthetic_posterior(const std::vector<std::string>& ids, const std::string& best,
                                          const std::vector<std::string>& subjects, std::uint64_t item) {
  ClassPosterior role;
  role.model = best;
  for (const std::string& id : ids)
    role.probabilities[id] = id == best ? 0.955 : 0.045 / static_cast<double>(ids.size() - 1);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    Stream stream(1, Purpose::test, 1000 * item + i);
    SubjectSelection subject{subjects[i], "", class_probabilities(ids, best, 0.97, stream), {}};
    for (const auto& [id, p] : subject.probabilities)
      if (subject.model.empty() || p > subject.probabilities.at(subject.model)) subject.model = id;
    role.subjects.push_back(subject);
  }
  role.misfit = 0.4;
  role.encoder_model = best, role.selected_by = "both";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool winner = ids[i] == best;
    const double behind = winner ? 0 : 20 + 40 * static_cast<double>(i);
    ClassFit fit;
    fit.model = ids[i], fit.log_likelihood = -1500 - behind / 2, fit.bic = 3020 + behind;
    fit.probability = winner ? 0.9999 : 1e-5, fit.converged = i != 3;
    role.likelihood.insert(winner ? role.likelihood.begin() : role.likelihood.end(), fit);
  }
  return role;
}

inline Selection synthetic_selection(const TrialSummary& trial) {
  std::vector<std::string> all, treated;
  for (const TrialSubject& s : trial.subjects) {
    all.push_back(s.id);
    if (s.dose_level > 0) treated.push_back(s.id);
  }
  Selection selection;
  selection.trial = trial.file;
  selection.pk =
      synthetic_posterior({"pk_1c_iv", "pk_1c_iv_mm", "pk_1c_oral", "pk_1c_oral_flipflop", "pk_1c_oral_lag",
                           "pk_1c_transit_abs", "pk_2c_iv", "pk_2c_iv_infusion", "pk_2c_oral", "pk_3c_iv"},
                          "pk_1c_oral", treated, 1);
  selection.pk.parameter_ranges = {
      {"CL", {0.09, 0.15, 0.24}}, {"V", {5.1, 8.0, 12.6}}, {"KA", {0.4, 0.7, 1.2}}};
  selection.pd =
      synthetic_posterior({"pd_direct_emax", "pd_direct_inhib_emax", "pd_direct_linear", "pd_direct_sigmoid",
                           "pd_effect_comp_emax", "pd_indirect_inhib_kin", "pd_indirect_inhib_kout",
                           "pd_indirect_stim_kin", "pd_indirect_stim_kout", "pd_transit_delay"},
                          "pd_indirect_inhib_kin", all, 2);
  selection.pd.parameter_ranges = {
      {"R0", {9.5, 14, 20}}, {"kout", {0.025, 0.04, 0.065}}, {"IC50", {0.7, 1.2, 1.9}}};
  selection.tuning_seconds = 88;
  return selection;
}

inline KernelResult synthetic_kernel() {
  KernelResult kernel;
  kernel.feature_map = "zz", kernel.n_qubits = 4;
  const std::vector<std::string> names{"CL", "V", "KA", "R0", "kout", "IC50"};
  const std::vector<double> r2{0.31, 0.44, -0.02, 0.49, 0.0, -0.01},
      ceiling{0.42, 0.5, 0.05, 0.55, 0.06, 0.04};
  for (std::size_t i = 0; i < names.size(); ++i) {
    KernelOutput output;
    output.name = names[i], output.r2 = r2[i], output.r2_ceiling = ceiling[i], output.rmse = 0.24;
    output.has_signal = ceiling[i] > 0.2;
    kernel.outputs.push_back(output);
    kernel.baseline_r2["log-linear"][names[i]] = r2[i] + 0.03;
    kernel.baseline_r2["RBF"][names[i]] = r2[i] - 0.01;
    kernel.baseline_r2["GP"][names[i]] = r2[i] + 0.01;
  }
  kernel.r2_mean = 0.202;
  kernel.baselines = {{"log-linear", 0.232}, {"RBF", 0.192}, {"GP", 0.212}};
  kernel.geometric_difference = 1.7, kernel.geometric_limit = std::sqrt(48.0);
  kernel.seconds_states = 0.0003, kernel.seconds_gram = 0.0001, kernel.seconds_solve = 0.002;
  kernel.verdict = "No advantage: the log-linear regression predicts as well with fewer assumptions.";
  for (const char* output : {"CL", "V", "R0"})
    for (const double level : {0.0, 1.0}) {
      KernelCurve curve;
      curve.output = output, curve.covariate = "BW", curve.other_level = level;
      for (double x = 50; x <= 100; x += 2) {
        const SyntheticParameters p = typical_parameters(x, level > 0);
        const double value = std::log(output[0] == 'C' ? p.CL : output[0] == 'V' ? p.V : p.R0);
        curve.x.push_back(x);
        curve.baseline.push_back(value);
        curve.kernel.push_back(value + 0.03 * std::sin(x / 6));
      }
      kernel.curves.push_back(curve);
    }
  return kernel;
}

/// Share of the population at a dose: logistic in the logarithm of the dose, at most `plateau`.
inline AttainmentPoint attainment_at(double dose, double half, double plateau) {
  const auto share = [&](double shifted) {
    return dose <= 0 ? 0.0 : plateau / (1 + std::pow(dose / (half * shifted), -2.6));
  };
  return {dose, share(1), share(1.22), share(0.82)};
}

inline DoseAnswer synthetic_answer(const std::string& scenario, const std::string& description, double target,
                                   bool daily, bool kernel, double half, double plateau) {
  const double step = daily ? 0.5 : 5;
  DoseAnswer a;
  a.scenario = scenario, a.description = description, a.target = target;
  a.regimen = daily ? "daily" : "weekly", a.interval_h = daily ? 24 : 168;
  a.source = kernel ? "kernel" : "posterior";
  if (!daily) half *= 9;
  if (kernel) half *= 1.12;
  for (double dose = 0; dose <= 60 * step; dose += step)
    a.curve.push_back(attainment_at(dose, half, plateau));
  for (const AttainmentPoint& point : a.curve)
    if (point.mean >= target && !a.dose_mg) a.dose_mg = point.dose_mg, a.attainment = point;
  if (a.dose_mg) {
    a.crossing_dose_mg = half * std::pow(plateau / target - 1, -1 / 2.6);
    a.crossing_q5 = 0.82 * *a.crossing_dose_mg, a.crossing_q95 = 1.22 * *a.crossing_dose_mg;
    a.probability_target_met = 0.5 + 0.4 * (*a.dose_mg / *a.crossing_dose_mg - 1) / 0.2;
  } else {
    a.attainment = a.curve.back();
  }
  a.extrapolates = scenario == "B" || !a.dose_mg || *a.dose_mg > (daily ? 10 : 70);
  a.sentence = (a.dose_mg ? "This dose keeps " : "The largest dose keeps ") +
               std::to_string(std::lround(100 * a.attainment.mean)) + "% of the population below 3.3 (" +
               a.source + ").";
  return a;
}

/// Exposure, other assumptions and a surface, as the dose search adds them.
inline void add_dose_details(Doses& doses) {
  for (DoseAnswer& a : doses.answers) {
    if (a.scenario != "A" || a.source != "posterior" || !a.dose_mg) continue;
    Exposure e;
    e.dose_mg = *a.dose_mg, e.c_max = {1, 2, 4}, e.c_min = {0.2, 0.5, 1}, e.auc = {20, 30, 50};
    e.biomarker_max = {1.5, 2.4, 3.3}, e.biomarker_min = {1, 1.6, 2}, e.c_max_studied = 5,
    e.above_studied = 0.02;
    for (double t = 0; t <= a.interval_h; t += a.interval_h / 24) {
      e.time_h.push_back(t);
      for (auto* band : {&e.concentration, &e.biomarker}) {
        const double value = band == &e.biomarker ? 2 : 2 * std::exp(-3 * t / a.interval_h);
        band->q5.push_back(0.6 * value), band->q50.push_back(value), band->q95.push_back(1.5 * value);
      }
    }
    a.exposure = e;
  }
  for (const char* assumption :
       {"beyond the trial's body weights clearances follow weight^0.75, volumes weight", "no residual error"})
    doses.sensitivity.push_back({assumption, "A", "daily", 0.9, 5.5, 5.9, 5.5});
  doses.sensitivity.push_back({"twice the variability", "A", "daily", 0.9, {}, 5.9, {}});
  doses.comparisons.push_back(
      {"A", "posterior", 0.9, 8, 75, 1.3, 2, 0.3, 1.1, 0.3, 0.9, "Once weekly needs 34% more."});
  doses.point_predictions.push_back({"A", "daily", "posterior", 0.9, 3.5, 0.52, 0.4, 0.6});
  doses.models = {{"pk_1c_oral", "pd_indirect_inhib_kin", 0.8}, {"pk_2c_oral", "pd_indirect_inhib_kin", 0.2}};
  doses.differences.push_back({"A", "daily", 0.9, 8, 9, 1.1, 1, "the kernel's median is higher"});
  doses.surface = DoseSurface{"BW",
                              "daily",
                              {50, 80, 140},
                              {0, 5, 10},
                              {{0, 0.8, 1}, {0, 0.7, 0.9}, {0, 0.4, 0.8}},
                              {false, false, true}};
}

inline Doses synthetic_doses_found() {
  Doses doses;
  doses.threshold = 3.3, doses.direction = "below";
  struct Question {
    const char *scenario, *description;
    double target, half, plateau;
  };
  const std::vector<Question> questions{
      {"A", "population like the trial's", 0.9, 3.4, 0.995},
      {"B", "body weight 70 to 140 kg", 0.9, 4.9, 0.99},
      {"C", "no co-medication", 0.9, 4.4, 0.89},  // never reaches its target
      {"D", "population like the trial's", 0.75, 3.4, 0.995},
      {"D-B", "body weight 70 to 140 kg", 0.75, 4.9, 0.99},
      {"D-C", "no co-medication", 0.75, 4.4, 0.89}};
  for (const Question& q : questions)
    for (const bool daily : {true, false})
      for (const bool kernel : {false, true})
        doses.answers.push_back(
            synthetic_answer(q.scenario, q.description, q.target, daily, kernel, q.half, q.plateau));
  doses.notes = {"10000 virtual subjects a dose."};
  add_dose_details(doses);
  return doses;
}

inline RunInfo synthetic_info(const TrialSummary& trial) {
  RunInfo info;
  info.version = "0.2.0", info.command_line = "qdose run synthetic.csv --seed 1",
  info.started = "2026-01-31T12:00:00Z";
  info.kernels = "AVX2", info.seed = 1, info.threads = 2;
  info.stages = {{"select", 88.2}, {"fit", 1.4}, {"kernel", 0.3}, {"doses", 3.9}, {"total", 93.8}};
  info.settings = {{"stage2.chains", "4"}, {"stage2.sampler", "qihmc"}, {"dosing.threshold", "3.3"}};
  info.classes = {
      {"pk_1c_oral",
       "one compartment, first-order absorption",
       {{"CL", "L/h", "clearance"}, {"V", "L", "volume"}, {"KA", "1/h", "absorption rate"}},
       {"d depot/dt = -KA depot", "d central/dt = KA depot - CL/V central", "C = central/V"}},
      {"pd_indirect_inhib_kin",
       "turnover, inhibition of production",
       {{"R0", "response", "baseline"}, {"kout", "1/h", "loss rate"}, {"IC50", "mg/L", "half-inhibiting C"}},
       {"d R/dt = kout R0 (1 - C/(IC50 + C)) - kout R"}}};
  info.trial = trial;
  return info;
}

/// General encoders, and one for the priors of the reference report.
inline std::vector<Evaluation> synthetic_encoders() {
  std::vector<std::string> pk{"pk_1c_iv", "pk_1c_oral", "pk_2c_oral"},
      pd{"pd_direct_emax", "pd_indirect_inhib_kin"};
  Evaluation report = synthetic_evaluation("pd", "report-as-published", pd);
  report.bayes = BayesScore{};
  report.bayes->score = synthetic_score(0.65);
  return {synthetic_evaluation("pk", "general", pk), synthetic_evaluation("pd", "general", pd), report};
}

/// Ranks of three quantities, one of them not uniform.
inline Calibration synthetic_calibration() {
  return {"pk_1c_oral",
          "pd_indirect_inhib_kin",
          "S-qihmc",
          "",
          200,
          0,
          100,
          {{"log_CL", {20, 21, 19, 25, 15, 20, 22, 18, 20, 20}, 3.0, 0.96},
           {"log_V", {18, 22, 24, 16, 20, 21, 19, 20, 17, 23}, 3.1, 0.95},
           {"BW_on_CL", {45, 30, 20, 10, 5, 5, 10, 20, 25, 30}, 70, 1e-9}},
          3e-9,
          false,
          31};
}

inline BakeOff synthetic_bake_off() {
  BakeOff bake_off{"pk_1c_oral", "pd_indirect_inhib_kin", 20000, 120, {}};
  const auto add = [&](const char* sampler, double target, double ess) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
      bake_off.runs.push_back({sampler, target, seed, 6000, 20000, 3000, 0,
                               ess + 30.0 * static_cast<double>(seed), ess, 1.01, 1.5});
  };
  add("S-qihmc", 0.8, 1200), add("hmc", 0.8, 1180), add("nuts", 0.6, 800), add("nuts", 0.8, 500);
  return bake_off;
}

inline RunResults synthetic_results(int subjects_an_arm = 12) {
  const SyntheticTrial trial = synthetic_trial(1, subjects_an_arm);
  return {synthetic_selection(trial.summary),
          synthetic_fit(trial),
          synthetic_kernel(),
          synthetic_doses_found(),
          synthetic_subjects(),
          synthetic_info(trial.summary),
          synthetic_encoders(),
          false,
          synthetic_calibration(),
          synthetic_bake_off()};
}

}  // namespace qdose::testing
