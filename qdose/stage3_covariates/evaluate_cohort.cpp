#include "qdose/stage3_covariates/evaluate_cohort.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/base/interrupt.hpp"
#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/cohort_scores.hpp"
#include "qdose/stage3_covariates/coverage.hpp"
#include "qdose/stage3_covariates/measured_kernel.hpp"
#include "qdose/stage3_covariates/report_protocol.hpp"
#include "qdose/stage3_covariates/resplits.hpp"

namespace qdose {
namespace {

constexpr std::size_t most_tuned = 10000;    // people on which choices are made
constexpr std::size_t most_support = 20000;  // people for the report's SVR
constexpr Eigen::Index most_measured = 300;  // people whose kernel is measured with shots

Errors check(const EvaluationSettings& p) {
  Errors errors;
  const auto require = [&](bool good, const char* setting, const char* what) {
    if (!good) errors.push_back({Fault::bad_usage, fmt::format("{} must be {}", setting, what), setting, ""});
  };
  require(p.cohort == "report", "cohort", "report");
  require(p.protocol == "tuned" || p.protocol == "report", "protocol", "tuned or report");
  require(p.subjects >= 20 && p.subjects <= 10000000, "subjects", "20-10000000");
  require(p.protocol == "tuned" || p.subjects <= 2000, "subjects", "at most 2000 for the report's protocol");
  require(p.test >= 2 && p.test <= 1000000, "test", "2-1000000");
  require(p.repeats >= 1 && p.repeats <= 10000, "repeats", "1-10000");
  require(p.shots >= 0 && p.shots <= 1e9, "shots", "0-1e9");
  require(p.depolarising >= 0 && p.depolarising < 1, "depolarising", "0-0.99");
  return errors;
}

/// Predictions of one method, scored.
struct Score {
  std::string method;
  std::vector<double> r2, rmse;  ///< [output]
  double mean() const {
    double sum = 0;
    for (const double r : r2) sum += r / static_cast<double>(r2.size());
    return sum;
  }
};

Score score(const std::string& method, const Cohort& test, const Eigen::MatrixXd& predictions) {
  Score s{method, {}, {}};
  for (Eigen::Index j = 0; j < test.values.cols(); ++j) {
    s.r2.push_back(plain_r2(test.values.col(j), predictions.col(j)));
    s.rmse.push_back(std::sqrt((test.values.col(j) - predictions.col(j)).squaredNorm() /
                               static_cast<double>(test.values.rows())));
  }
  return s;
}

/// One cohort with everything that was trained on it.
struct CohortTrial {
  Cohort training, test;
  CovariateInputs inputs;
  MethodBook book;
  std::vector<CovariateTarget> targets;
  std::vector<Score> scores;  ///< the quantum kernel first
  JointChoice choice;         ///< of the quantum kernel
  double seconds_solve = 0;
};

Result<CohortTrial> run_trial(const EvaluationSettings& problem, const KernelSettings& settings,
                              std::uint64_t seed) {
  CohortTrial trial;
  trial.training = report_cohort(static_cast<std::size_t>(problem.subjects), seed, Purpose::training);
  trial.test = report_cohort(static_cast<std::size_t>(problem.test), seed, Purpose::test);
  trial.inputs = CovariateInputs(trial.training.covariates, trial.training.rows);
  trial.targets = cohort_targets(trial.training, most_tuned);
  const std::size_t tuned = trial.targets.front().subjects.size();
  const auto first = trial.training.rows.begin();
  Result<MethodBook> book =
      make_methods(trial.inputs.matrix({first, first + static_cast<std::ptrdiff_t>(tuned)}), settings);
  if (!book) return book.errors();
  trial.book = std::move(*book);
  const InputMatrix people = trial.inputs.matrix(trial.test.rows);
  CohortTrainer trainer(trial.book.design, trial.training, trial.inputs, tuned, settings.threads);
  for (const Method& method : trial.book.methods) {
    if (interrupted()) return Error{Fault::numerical, "interrupted before the evaluation was done", "", ""};
    JointChoice choice = choose(trial.book.design, method, trial.targets);
    trial.scores.push_back(
        score(method.name, trial.test, trainer.predict_natural(choice, trial.targets, people)));
    if (trial.scores.size() == 1) trial.choice = std::move(choice);
  }
  if (trial.training.rows.size() <= most_support)
    trial.scores.push_back(score("report", trial.test, predict_as_report(trial.training, trial.test)));
  trial.seconds_solve = trainer.seconds_solve();
  return trial;
}

/// Means over trials, and the paired differences of mean R2.
void average(KernelResult& result, const std::vector<std::vector<Score>>& trials) {
  const auto repeats = static_cast<double>(trials.size());
  for (std::size_t m = 0; m < trials.front().size(); ++m) {
    const std::string& name = trials.front()[m].method;
    std::vector<double> differences;
    for (const auto& scores : trials) {
      differences.push_back(scores[0].mean() - scores[m].mean());
      for (std::size_t j = 0; j < result.outputs.size(); ++j) {
        if (m == 0) {
          result.outputs[j].r2 += scores[0].r2[j] / repeats,
              result.outputs[j].rmse += scores[0].rmse[j] / repeats;
        } else {
          result.baseline_r2[name][result.outputs[j].name] += scores[m].r2[j] / repeats;
        }
      }
      (m == 0 ? result.r2_mean : result.baselines[name]) += scores[m].mean() / repeats;
    }
    if (m == 0 || trials.size() < 3) continue;
    const Eigen::Map<const Eigen::VectorXd> d(differences.data(),
                                              static_cast<Eigen::Index>(differences.size()));
    const double se = std::sqrt((d.array() - d.mean()).square().sum() / (repeats - 1) / repeats);
    const double reach = t_quantile(repeats - 1) * se;
    result.comparisons.push_back(
        {name, d.mean(), d.mean() - reach, d.mean() + reach, static_cast<int>(repeats)});
  }
}

void describe_choice(KernelResult& result, const CohortTrial& trial) {
  const Method& quantum = trial.book.methods.front();
  result.feature_map = quantum.variants[trial.choice.variant].name;
  result.n_qubits = static_cast<int>(trial.inputs.size());
  for (std::size_t j = 0; j < trial.test.names.size(); ++j) {
    const auto column = static_cast<Eigen::Index>(j);
    const Candidate& chosen = trial.choice.outputs[j].candidate;
    KernelOutput output{.name = trial.test.names[j]};
    output.r2_ceiling = plain_r2(trial.test.values.col(column), trial.test.expected.col(column));
    output.has_signal = chosen.basis >= 0 || chosen.trend == Trend::linear;
    output.lambda = trial.choice.outputs[j].lambda;
    if (chosen.basis >= 0)
      output.bandwidth = trial.book.design.bases[static_cast<std::size_t>(chosen.basis)].bandwidth;
    result.outputs.push_back(output);
  }
}

/// The chosen map's kernel alone, exact and as measured, on the first people: what shots and noise cost.
Result<Done> add_noise(KernelResult& result, const EvaluationSettings& problem,
                       const KernelSettings& settings, const CohortTrial& trial) {
  const Eigen::Index n = std::min(most_measured, trial.targets.front().y.size());
  const Eigen::Index m = std::min(most_measured, trial.test.values.rows());
  const Result<Circuit> circuit =
      map_circuit(result.feature_map, static_cast<Eigen::Index>(trial.inputs.size()), settings);
  if (!circuit) return circuit.errors();
  const Kernel kernel = quantum_kernel(*circuit, typical_bandwidth(result));
  const Eigen::MatrixXd x = trial.book.design.inputs.unit.topRows(n);
  const Eigen::MatrixXd z = trial.inputs.matrix({trial.test.rows.begin(), trial.test.rows.begin() + m}).unit;
  const Eigen::MatrixXd gram = kernel(x, x), cross = kernel(z, x);
  const Hardware real{problem.shots, problem.depolarising, circuit->qubits};
  for (const Hardware& hardware : {Hardware{.qubits = circuit->qubits}, real}) {
    const Eigen::MatrixXd k = measure(gram, hardware, settings.seed, true);
    const Eigen::MatrixXd towards = measure(cross, hardware, settings.seed + 1, false);
    KernelNoise noise{.shots = hardware.shots,
                      .depolarising = hardware.depolarising,
                      .ridge_floor = ridge_floor(k, hardware)};
    noise.error = (k - gram).norm() / static_cast<double>(n);
    for (std::size_t t = 0; t < trial.targets.size(); ++t) {
      const auto column = static_cast<Eigen::Index>(t);
      const Eigen::VectorXd y = trial.training.values.col(column).head(n);
      const DualRidge ridge = train_dual(k, y, noise.ridge_floor);
      const Eigen::VectorXd predictions = (towards * ridge.coefficients).array() + ridge.offset;
      noise.r2_mean += plain_r2(trial.test.values.col(column).head(m), predictions) /
                       static_cast<double>(trial.targets.size());
    }
    result.noise.push_back(noise);
  }
  return Done{};
}

std::string verdict(const KernelResult& result) {
  if (result.comparisons.empty()) return "one cohort: no interval (--repeats draws more)";
  const KernelComparison* hardest = nullptr;
  for (const KernelComparison& c : result.comparisons)
    if (is_classical_name(c.baseline) && (hardest == nullptr || c.low < hardest->low)) hardest = &c;
  return fmt::format(
      "{} {} (mean R2 of the quantum kernel minus its: {:.4f}, 95% interval {:.4f} to {:.4f} over {} "
      "cohorts)",
      hardest->low > 0 ? "advantage over every classical baseline, least over" : "no advantage over",
      hardest->baseline, hardest->difference, hardest->low, hardest->high, hardest->resplits);
}

}  // namespace

Result<KernelResult> evaluate_cohort(const EvaluationSettings& problem, const KernelSettings& settings,
                                     Progress& progress) {
  if (Errors errors = check(problem); !errors.empty()) return errors;
  KernelResult result;
  result.subjects = problem.subjects, result.test = problem.test;
  if (problem.protocol == "report") {
    const auto protocol = run_report_protocol(problem.subjects, problem.test, problem.repeats, settings.seed,
                                              settings.threads, progress);
    if (!protocol) return protocol.errors();
    result.feature_map = "report", result.n_qubits = 2;
    result.protocol = *protocol, result.r2_mean = protocol->r2_mean;
    result.verdict =
        fmt::format("no regression on this circuit's functions can pass {:.3f}", protocol->span_cap);
    return result;
  }
  std::vector<std::vector<Score>> scores;
  progress.begin("cohorts", static_cast<std::size_t>(problem.repeats));
  for (int k = 0; k < problem.repeats; ++k) {
    const Result<CohortTrial> trial =
        run_trial(problem, settings, settings.seed + static_cast<std::uint64_t>(k));
    if (!trial) return trial.errors();
    scores.push_back(trial->scores);
    progress.update(scores.size());
    if (k > 0) continue;
    describe_choice(result, *trial);
    result.seconds_solve = trial->seconds_solve;
    const InputMatrix& inputs = trial->book.design.inputs;
    if (const auto done = add_geometry(result, inputs, trial->targets, settings); !done) return done.errors();
    if (problem.subjects <= static_cast<int>(most_tuned))
      result.coverage = dose_coverage(trial->book.design, trial->choice, trial->targets, trial->test,
                                      trial->inputs.matrix(trial->test.rows), settings.seed);
    if (problem.shots > 0 || problem.depolarising > 0)
      if (const auto done = add_noise(result, problem, settings, *trial); !done) return done.errors();
  }
  progress.end();
  average(result, scores);
  result.verdict = verdict(result);
  return result;
}

}  // namespace qdose
