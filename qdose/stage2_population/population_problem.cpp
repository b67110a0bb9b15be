#include "qdose/stage2_population/population_problem.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

std::size_t pk_parameters(const PopulationModel& model) {
  return static_cast<std::size_t>(
      std::count_if(model.parameters.begin(), model.parameters.end(), [](const auto& p) { return p.is_pk; }));
}

/// Natural values drawn around the priors' centres; parameters that are held keep their value.
void draw_natural(const PopulationStructure& structure, Stream& random, std::vector<Lanes>& natural) {
  constexpr double width = 0.3;
  for (std::size_t p = 0; p < natural.size(); ++p) {
    const PopulationParameter& parameter = structure.model.parameters[p];
    for (double& x : natural[p].v)
      x = parameter.fixed
              ? parameter.value
              : to_natural(parameter.scale, structure.priors.typical[p].mean + width * random.normal());
  }
}

/// Which parameters the predictions of a batch's subjects depend on: those with a derivative that is not
/// negligible for random weights of the values, at any of a few places.
void probe(const PopulationProblem& problem, const SubjectBatch& batch,
           std::vector<std::vector<bool>>& touches) {
  constexpr int places = 4;
  constexpr double negligible = 1e-8;
  BatchEvaluation evaluation;
  evaluation.natural.resize(problem.structure.model.parameters.size());
  for (int place = 0; place < places; ++place) {
    Stream random(0, Purpose::start, static_cast<std::uint64_t>(place), 1);
    draw_natural(problem.structure, random, evaluation.natural);
    evaluation.predict(problem, batch.plan);
    const auto weigh = [&](const Observed& observed, std::vector<Lanes>& adjoint) {
      for (std::size_t k = 0; k < observed.count.size(); ++k)
        for (std::size_t l = 0; l < lanes; ++l)
          adjoint[k][l] = observed.count[k][l] > 0 ? random.normal() : 0.0;
      for (const Observed::Censored& c : observed.censored) adjoint[c.value][c.lane] = random.normal();
    };
    weigh(batch.pk, evaluation.concentration_adjoint);
    weigh(batch.pd, evaluation.response_adjoint);
    evaluation.pull_back(problem, batch.plan);
    for (std::size_t l = 0; l < batch.subject.size(); ++l) {
      const auto relative = [&](std::size_t p) {
        return std::abs(evaluation.gradient[p][l] * evaluation.natural[p][l]);
      };
      double largest = 0;
      for (std::size_t p = 0; p < evaluation.natural.size(); ++p)
        if (std::isfinite(relative(p))) largest = std::max(largest, relative(p));
      for (std::size_t p = 0; p < evaluation.natural.size(); ++p)
        if (!(relative(p) <= negligible * largest)) touches[batch.subject[l]][p] = true;
    }
  }
}

ProblemBatch placed(const Trial& trial, const PopulationModel& model, const Layout& layout,
                    SubjectBatch batch) {
  ProblemBatch result;
  const auto subject_of = [&](std::size_t lane) {
    return batch.subject[lane < batch.subject.size() ? lane : 0];
  };
  for (const CovariateEffect& effect : model.effects) {
    result.inputs.emplace_back();
    for (std::size_t l = 0; l < lanes; ++l)
      result.inputs.back()[l] = effect_input(model, effect, trial.subjects[subject_of(l)].covariates);
  }
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    result.individual.emplace_back();
    for (std::size_t l = 0; l < lanes; ++l)
      result.individual.back().v[l] =
          l < batch.subject.size() ? layout.individual[batch.subject[l]][p] : absent;
  }
  result.data = std::move(batch);
  return result;
}

}  // namespace

Result<std::shared_ptr<const PopulationProblem>> make_problem(const Trial& trial, std::string_view pk_id,
                                                              std::string_view pd_id,
                                                              const FitSettings& settings,
                                                              const StartingScales& scales) {
  auto structure = make_structure(trial, pk_id, pd_id, settings, scales);
  if (!structure) return structure.errors();
  return make_problem(trial, std::move(*structure));
}

Result<std::shared_ptr<const PopulationProblem>> make_problem(const Trial& trial,
                                                              PopulationStructure structure) {
  const std::string pk_id = structure.model.pk_class, pd_id = structure.model.pd_class;
  auto problem = std::make_shared<PopulationProblem>();
  problem->structure = std::move(structure);
  problem->pk = &pk_kernels(pk_id);
  problem->pd = pd_id.empty() ? nullptr : &pd_kernels(pd_id);
  const PopulationModel& model = problem->structure.model;
  SubjectBatches data =
      batch_subjects(trial, pk_id, pd_id,
                     {model.pk_error == ErrorKind::log_normal, model.pd_error == ErrorKind::log_normal});
  if (data.batches.empty())
    return Error{Fault::bad_input, "no subject has an observation that can be fitted", trial.name,
                 "qdose check lists what was read"};
  const std::size_t parameters = problem->structure.model.parameters.size();
  std::vector<std::vector<bool>> touches(trial.subjects.size(), std::vector<bool>(parameters));
  for (const SubjectBatch& batch : data.batches) probe(*problem, batch, touches);
  problem->layout = make_layout(problem->structure, touches, data.pk_values > 0, data.pd_values > 0);
  for (SubjectBatch& batch : data.batches)
    problem->batches.push_back(placed(trial, problem->structure.model, problem->layout, std::move(batch)));
  problem->notes = std::move(data.notes);
  return std::shared_ptr<const PopulationProblem>(std::move(problem));
}

void BatchEvaluation::predict(const PopulationProblem& problem, const BatchPlan& plan) {
  concentration.resize(plan.pk.points.size());
  problem.pk->concentrations(plan.pk, natural.data(), workspace, concentration.data());
  // Observations are the caller's to set, and the panels' nodes the PD pull-back's.
  concentration_adjoint.resize(concentration.size());
  const std::size_t end = problem.pd != nullptr ? plan.pd.node0 : concentration.size();
  for (std::size_t k = plan.pk_observations; k < end; ++k) concentration_adjoint[k] = {};
  response.resize(problem.pd != nullptr ? plan.pd.responses.size() : 0);
  response_adjoint.resize(response.size());
  if (problem.pd == nullptr) return;
  const std::size_t first = pk_parameters(problem.structure.model);
  problem.pd->responses(plan.pd, natural.data() + first, concentration.data(), workspace, response.data());
}

void BatchEvaluation::pull_back(const PopulationProblem& problem, const BatchPlan& plan) {
  gradient.assign(natural.size(), {});
  const std::size_t first = pk_parameters(problem.structure.model);
  if (problem.pd != nullptr)
    problem.pd->pull_back(plan.pd, natural.data() + first, concentration.data(), workspace,
                          response_adjoint.data(), concentration_adjoint.data(), gradient.data() + first);
  problem.pk->pull_back(plan.pk, natural.data(), workspace, concentration_adjoint.data(), gradient.data());
}

}  // namespace qdose
