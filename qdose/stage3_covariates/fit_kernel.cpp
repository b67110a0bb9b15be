#include "qdose/stage3_covariates/fit_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/residual.hpp"
#include "qdose/stage3_covariates/resplits.hpp"
#include "qdose/stage3_covariates/scoring.hpp"

namespace qdose {
namespace {

constexpr std::size_t least_subjects = 10;
constexpr std::size_t most_inputs = 12;  // qubits of the widest map: 4096 amplitudes

const Error interrupted_error{Fault::numerical, "interrupted before Stage 3 was done", "", ""};

/// Everything wrong with the settings and the fit.
Errors check(const Fit& fit, const KernelSettings& s) {
  Errors errors;
  const auto require = [&](bool good, const char* setting, const char* range) {
    if (!good)
      errors.push_back({Fault::bad_usage, fmt::format("{} must lie in {}", setting, range), setting, ""});
  };
  require(s.layers >= 1 && s.layers <= 8, "layers", "1-8");
  require(s.bandwidth >= 0 && s.bandwidth <= 1, "bandwidth", "0-1");
  require(s.folds >= 5 && s.folds <= 100, "folds", "5-100");
  require(s.resplits == 0 || (s.resplits >= 3 && s.resplits <= 1000), "resplits", "0 or 3-1000");
  require(s.replicates >= 1 && s.replicates <= 10000, "replicates", "1-10000");
  require(s.least_information >= 0 && s.least_information < 1, "least_information", "0-1");
  require(s.caution >= 0 && s.caution <= 5, "caution", "0-5");
  if (fit.individuals.empty() || fit.draws.empty())
    errors.push_back({Fault::bad_input, "the fit holds no individuals or no draws", "fit.json",
                      "Stage 3 needs the whole result of `qdose fit`"});
  return errors;
}

CovariateRows rows_of(const Fit& fit) {
  CovariateRows rows;
  for (const IndividualEstimate& individual : fit.individuals) rows.push_back(individual.covariates);
  return rows;
}

/// Targets of the parameters that vary and that enough subjects inform; the others are noted.
std::vector<CovariateTarget> targets_of(const Fit& fit, const KernelSettings& settings,
                                        std::vector<std::string>& notes) {
  std::vector<CovariateTarget> targets;
  for (std::size_t p = 0; p < fit.model.parameters.size(); ++p) {
    const PopulationParameter& parameter = fit.model.parameters[p];
    if (parameter.fixed || !parameter.varies) continue;
    CovariateTarget target = individual_target(fit, p, settings.least_information);
    if (target.subjects.size() >= least_subjects)
      targets.push_back(std::move(target));
    else
      notes.push_back(fmt::format("{}: only {} subjects inform it, so Stage 2's population is used for it",
                                  parameter.name, target.subjects.size()));
  }
  return targets;
}

bool is_intercept(const Candidate& candidate) {
  return candidate.trend == Trend::constant && candidate.basis < 0;
}

/// Signal is what both the cross-validated scores and the choice on all subjects see; elsewhere the intercept
/// is used.
void drop_without_signal(JointChoice& choice, KernelResult& result) {
  for (std::size_t t = 0; t < choice.outputs.size(); ++t) {
    result.outputs[t].has_signal &= !is_intercept(choice.outputs[t].candidate);
    if (!result.outputs[t].has_signal) choice.outputs[t] = {};
  }
}

KernelReplicate train_replicate(const Design& design, const JointChoice& choice,
                                const std::vector<CovariateTarget>& targets, const Eigen::VectorXd& copies,
                                const PopulationDraw& draw) {
  KernelReplicate replicate;
  for (std::size_t t = 0; t < targets.size(); ++t)
    replicate.outputs.push_back(train(design, choice.outputs[t], targets[t], copies(targets[t].subjects)));
  replicate.covariance = residual_covariance(targets, replicate.outputs, copies);
  replicate.covariance_root = covariance_root(replicate.covariance);
  replicate.draw = draw;
  return replicate;
}

/// How often each subject is drawn when as many are drawn with replacement; drawn again in the rare case that
/// less than a third of a target's subjects (usual: 63%) would be left to train on.
Eigen::VectorXd resample(std::size_t subjects, const std::vector<CovariateTarget>& targets, Stream& stream) {
  for (;;) {
    Eigen::VectorXd copies = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(subjects));
    for (std::size_t k = 0; k < subjects; ++k)
      copies(stream.below(static_cast<std::uint32_t>(subjects))) += 1;
    bool enough = true;
    for (const CovariateTarget& target : targets) {
      const Eigen::VectorXd own = copies(target.subjects);
      enough &= (own.array() > 0).count() >= static_cast<Eigen::Index>(target.subjects.size()) / 3;
    }
    if (enough) return copies;
  }
}

/// The posterior mean of everything that describes the population.
PopulationDraw mean_draw(const std::vector<PopulationDraw>& draws) {
  PopulationDraw mean = draws.front();
  const auto average = [&](std::vector<double> PopulationDraw::*member) {
    for (std::size_t k = 0; k < (mean.*member).size(); ++k) {
      double sum = 0;
      for (const PopulationDraw& draw : draws) sum += (draw.*member)[k];
      (mean.*member)[k] = sum / static_cast<double>(draws.size());
    }
  };
  average(&PopulationDraw::typical), average(&PopulationDraw::omega), average(&PopulationDraw::beta);
  return mean;
}

void train_replicates(KernelModel& model, const JointChoice& choice, const Fit& fit,
                      const KernelSettings& settings) {
  const std::size_t subjects = fit.individuals.size(), count = static_cast<std::size_t>(settings.replicates);
  const Eigen::VectorXd once = Eigen::VectorXd::Ones(static_cast<Eigen::Index>(subjects));
  model.best = train_replicate(model.design, choice, model.modelled, once, mean_draw(fit.draws));
  model.replicates.resize(count);
  parallel_for(count, settings.threads, [&](std::size_t r) {
    Stream stream(settings.seed, Purpose::bootstrap, r);
    const PopulationDraw& draw = fit.draws[r * fit.draws.size() / count];  // spread over chains and draws
    model.replicates[r] = train_replicate(model.design, choice, model.modelled,
                                          resample(subjects, model.modelled, stream), draw);
  });
}

/// Regressions of the log-linear baseline, for the curves.
std::vector<OutputModel> train_log_linear(const KernelModel& model, const std::vector<Method>& methods) {
  const Method& method = *std::ranges::find(methods, "log_linear", &Method::name);
  const JointChoice choice = choose(model.design, method, model.modelled);
  std::vector<OutputModel> models;
  for (std::size_t t = 0; t < model.modelled.size(); ++t)
    models.push_back(train(model.design, choice.outputs[t], model.modelled[t]));
  return models;
}

/// Fills what was chosen: map, bandwidths, penalties, curves, geometric difference.
Result<Done> describe_choice(KernelModel& model, const std::vector<Method>& methods,
                             const JointChoice& choice, const KernelSettings& settings) {
  model.result.feature_map = methods.front().variants[choice.variant].name;
  model.result.n_qubits = static_cast<int>(model.inputs.size());
  for (std::size_t t = 0; t < choice.outputs.size(); ++t) {
    const int basis = choice.outputs[t].candidate.basis;
    model.result.outputs[t].lambda = choice.outputs[t].lambda;
    if (basis >= 0)
      model.result.outputs[t].bandwidth = model.design.bases[static_cast<std::size_t>(basis)].bandwidth;
  }
  if (model.inputs.size() == 0) {
    model.result.verdict = "no advantage: the trial has no covariate that differs between subjects";
    return Done{};
  }
  model.result.curves = prediction_curves(model, train_log_linear(model, methods));
  return add_geometry(model.result, model.design.inputs, model.modelled, settings);
}

/// What Stage 3 found that a reader should know.
void add_notes(KernelResult& result, const std::vector<CovariateTarget>& targets, std::size_t subjects) {
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (targets[t].subjects.size() < subjects)
      result.notes.push_back(fmt::format("{}: learned from the {} of {} subjects whose data inform it",
                                         targets[t].name, targets[t].subjects.size(), subjects));
    if (result.outputs[t].has_signal && result.outputs[t].bandwidth == 0)
      result.notes.push_back(fmt::format(
          "{}: the kernel adds nothing to a log-linear trend, which is used alone", targets[t].name));
  }
}

}  // namespace

Result<KernelModel> fit_kernel(const Fit& fit, const KernelSettings& settings, Progress& progress) {
  if (Errors errors = check(fit, settings); !errors.empty()) return errors;
  const std::size_t subjects = fit.individuals.size();
  KernelModel model;
  model.population = fit.model;
  model.inputs = CovariateInputs(fit.model.covariates, rows_of(fit));
  if (model.inputs.keep(most_inputs))
    model.result.notes.push_back(fmt::format("only the first {} covariates are used", most_inputs));
  model.modelled = targets_of(fit, settings, model.result.notes);

  Result<MethodBook> book = make_methods(model.inputs.matrix(rows_of(fit)), settings);
  if (!book) return book.errors();
  model.design = std::move(book->design);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<int> folds =
      split(subjects, std::min(settings.folds, static_cast<int>(subjects)), settings.seed);
  Scores scores;
  progress.begin("covariates", book->methods.size());
  for (const Method& method : book->methods) {
    scores.push_back(cross_validate(model.design, method, model.modelled, folds, settings.threads));
    progress.update(scores.size(), method.name);
    if (interrupted()) return interrupted_error;
  }
  fill_scores(model.result, book->methods, model.modelled, scores, subjects, settings.caution);

  if (settings.resplits > 0)
    model.result.comparisons =
        compare_resplits(book->methods, resplit_scores(model.design, book->methods, model.modelled, subjects,
                                                       settings.resplits, settings.seed, settings.threads));
  model.result.subjects = static_cast<int>(subjects);

  JointChoice choice = choose(model.design, book->methods.front(), model.modelled);
  drop_without_signal(choice, model.result);
  train_replicates(model, choice, fit, settings);
  progress.end();
  model.result.seconds_solve =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (auto done = describe_choice(model, book->methods, choice, settings); !done) return done.errors();
  add_notes(model.result, model.modelled, subjects);
  return model;
}

}  // namespace qdose
