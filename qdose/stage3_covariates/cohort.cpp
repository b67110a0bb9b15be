#include "qdose/stage3_covariates/cohort.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/methods.hpp"
#include "qdose/stage3_covariates/output_model.hpp"
#include "qdose/stage3_covariates/svr.hpp"

namespace qdose {
namespace {

constexpr double spread = 0.2;  // sd of the logarithm between people

struct CohortParameter {
  const char* name;
  double typical, weight_exponent, comedication_factor;
};
constexpr std::array parameters{CohortParameter{"CL", 0.15, 0.75, 1.3}, CohortParameter{"Vc", 5, 1, 1},
                                CohortParameter{"Vp", 12, 1, 1},        CohortParameter{"Q", 0.5, 0.75, 1},
                                CohortParameter{"kin", 2, 0, 1},        CohortParameter{"kout", 0.12, 0, 1},
                                CohortParameter{"IC50", 25, 0, 1}};

/// 1 - squared error / squared deviation from the test mean, over people.
double plain_r2(const Eigen::VectorXd& truth, const Eigen::VectorXd& prediction) {
  return 1 - (truth - prediction).squaredNorm() / (truth.array() - truth.mean()).square().sum();
}

Eigen::VectorXd errors(const Eigen::VectorXd& truth, const Eigen::VectorXd& prediction) {
  return (truth - prediction).cwiseAbs2() / (truth.array() - truth.mean()).square().mean();
}

std::vector<Target> targets_of(const Cohort& cohort) {
  std::vector<Target> targets;
  const auto n = static_cast<Eigen::Index>(cohort.rows.size());
  for (std::size_t j = 0; j < cohort.names.size(); ++j) {
    Target target{.name = cohort.names[j], .parameter = j};
    for (std::size_t i = 0; i < cohort.rows.size(); ++i) target.subjects.push_back(i);
    target.y = cohort.values.col(static_cast<Eigen::Index>(j)).array().log();
    target.noise = Eigen::VectorXd::Zero(n);
    set_weights(target, 1);
    targets.push_back(std::move(target));
  }
  return targets;
}

/// Predictions of one method for the test people, natural scale, [people][7]: E[exp(N(m, v))] = exp(m + v/2).
Eigen::MatrixXd predict_natural(const Design& design, const JointChoice& choice,
                                const std::vector<Target>& targets, const InputMatrix& test) {
  Eigen::MatrixXd predictions(test.rows(), static_cast<Eigen::Index>(targets.size()));
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const OutputModel model = train(design, choice.outputs[t], targets[t]);
    predictions.col(static_cast<Eigen::Index>(t)) =
        (predict(design, model, test).array() + model.variance / 2).exp();
  }
  return predictions;
}

/// The report's own recipe: its circuit at full bandwidth on raw inputs, standardised targets, SVR with C 10,
/// epsilon 0.1.
Eigen::MatrixXd predict_as_report(const Cohort& training, const Cohort& test) {
  const CovariateInputs inputs(training.covariates, training.rows, InputScale::raw);
  const Kernel kernel = quantum_kernel(build_feature_map("report", {2, 1, true}).value(), 1);
  const Eigen::MatrixXd x = inputs.matrix(training.rows).unit;
  const Eigen::MatrixXd gram = kernel(x, x), cross = kernel(inputs.matrix(test.rows).unit, x);
  Eigen::MatrixXd predictions(test.values.rows(), test.values.cols());
  for (Eigen::Index j = 0; j < test.values.cols(); ++j) {
    const double mean = training.values.col(j).mean();
    const double sd = std::sqrt((training.values.col(j).array() - mean).square().mean());
    const SvrModel svr = train_svr(gram, (training.values.col(j).array() - mean) / sd);
    predictions.col(j) = mean + sd * ((cross * svr.coefficients).array() + svr.offset);
  }
  return predictions;
}

void add_baseline(KernelResult& result, const std::string& name, const Cohort& test,
                  const Eigen::MatrixXd& predictions) {
  double total = 0;
  for (std::size_t j = 0; j < test.names.size(); ++j) {
    const auto column = static_cast<Eigen::Index>(j);
    const double r2 = plain_r2(test.values.col(column), predictions.col(column));
    result.baseline_r2[name][test.names[j]] = r2;
    total += r2 / static_cast<double>(test.names.size());
  }
  result.baselines[name] = total;
}

void add_outputs(KernelResult& result, const Cohort& test, const Eigen::MatrixXd& predictions,
                 const JointChoice& choice, const Design& design) {
  for (std::size_t j = 0; j < test.names.size(); ++j) {
    const auto column = static_cast<Eigen::Index>(j);
    const Eigen::VectorXd truth = test.values.col(column);
    const Candidate& chosen = choice.outputs[j].candidate;
    result.outputs.push_back(
        {.name = test.names[j],
         .r2 = plain_r2(truth, predictions.col(column)),
         .r2_ceiling = plain_r2(truth, test.expected.col(column)),
         .rmse =
             std::sqrt((truth - predictions.col(column)).squaredNorm() / static_cast<double>(truth.size())),
         .has_signal = chosen.basis >= 0 || chosen.trend == Trend::linear,
         .lambda = choice.outputs[j].lambda,
         .bandwidth =
             chosen.basis >= 0 ? design.bases[static_cast<std::size_t>(chosen.basis)].bandwidth : 0});
    result.r2_mean += result.outputs.back().r2 / static_cast<double>(test.names.size());
  }
}

/// Squared errors a test person, summed over the outputs, each in units of that output's variance.
Eigen::VectorXd joint_errors(const Cohort& test, const Eigen::MatrixXd& predictions) {
  Eigen::VectorXd total = Eigen::VectorXd::Zero(predictions.rows());
  for (Eigen::Index j = 0; j < predictions.cols(); ++j)
    total += errors(test.values.col(j), predictions.col(j));
  return total;
}

}  // namespace

Cohort report_cohort(std::size_t people, std::uint64_t seed, Purpose purpose) {
  const auto n = static_cast<Eigen::Index>(people), outputs = static_cast<Eigen::Index>(parameters.size());
  Cohort cohort{{{"BW", false, 70, 50, 120, {}}, {"COMED", true, 0, 0, 1, {0, 1}}},
                {},
                {},
                Eigen::MatrixXd(n, outputs),
                Eigen::MatrixXd(n, outputs)};
  for (const CohortParameter& parameter : parameters) cohort.names.emplace_back(parameter.name);
  for (Eigen::Index i = 0; i < n; ++i) {
    Stream stream(seed, purpose, static_cast<std::uint64_t>(i));
    const double weight = stream.uniform(50, 120), comedication = stream.uniform() < 0.5 ? 1 : 0;
    cohort.rows.push_back({weight, comedication});
    for (Eigen::Index j = 0; j < outputs; ++j) {
      const CohortParameter& p = parameters[static_cast<std::size_t>(j)];
      const double typical = p.typical * std::pow(weight / 70, p.weight_exponent) *
                             (comedication > 0 ? p.comedication_factor : 1);
      cohort.values(i, j) = typical * std::exp(spread * stream.normal());
      cohort.expected(i, j) = typical * std::exp(spread * spread / 2);
    }
  }
  return cohort;
}

Result<KernelResult> evaluate_report_cohort(std::size_t subjects, std::size_t test_subjects,
                                            const KernelSettings& settings, Progress& progress) {
  if (subjects < 20 || test_subjects < 2)
    return Error{Fault::bad_usage, "too few people to train on or to test with", "subjects",
                 "at least 20 to train on and 2 to test with"};
  const Cohort training = report_cohort(subjects, settings.seed, Purpose::training);
  const Cohort test = report_cohort(test_subjects, settings.seed, Purpose::test);
  const CovariateInputs inputs(training.covariates, training.rows);
  const Result<MethodBook> book = make_methods(inputs.matrix(training.rows), settings);
  if (!book) return book.errors();
  const std::vector<Target> targets = targets_of(training);
  const InputMatrix test_inputs = inputs.matrix(test.rows);

  KernelResult result;
  result.n_qubits = static_cast<int>(inputs.size());
  Eigen::VectorXd kernel_errors;
  Comparison comparison;
  progress.begin("methods", book->methods.size() + 1);
  for (std::size_t m = 0; m < book->methods.size(); ++m) {
    const Method& method = book->methods[m];
    const JointChoice choice = choose(book->design, method, targets);
    const Eigen::MatrixXd predictions = predict_natural(book->design, choice, targets, test_inputs);
    if (m == 0) {
      result.feature_map = method.variants[choice.variant].name;
      add_outputs(result, test, predictions, choice, book->design);
      kernel_errors = joint_errors(test, predictions);
    } else {
      add_baseline(result, method.name, test, predictions);
      if (is_classical(method)) comparison.add(method.name, joint_errors(test, predictions) - kernel_errors);
    }
    progress.update(m + 1);
  }
  add_baseline(result, "report", test, predict_as_report(training, test));
  progress.end();
  result.verdict = comparison.verdict();
  if (const auto done = add_geometry(result, book->design.inputs, settings); !done) return done.errors();
  return result;
}

}  // namespace qdose
