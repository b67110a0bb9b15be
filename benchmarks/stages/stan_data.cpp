#include "benchmarks/stages/stan_data.hpp"

#include "benchmarks/stages/stan_subjects.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::benchmarks {
namespace {

int place_of(std::ptrdiff_t place) { return static_cast<int>(place) + 1; }  // from 1; 0 is absent

template <class Places>
std::vector<int> places_of(const Places& places) {
  std::vector<int> result;
  for (auto place : places) result.push_back(place_of(static_cast<std::ptrdiff_t>(place)));
  return result;
}

std::string unsupported(const PopulationProblem& problem) {
  const PopulationModel& model = problem.structure.model;
  const std::size_t parameters = model.parameters.size();
  if (model.pk_class != "pk_1c_oral" && model.pk_class != "pk_2c_oral") return model.pk_class;
  if (model.pd_class != "pd_indirect_inhib_kin") return model.pd_class;
  if (model.correlated) return "correlated random effects";
  if (model.pk_error != ErrorKind::combined || model.pd_error != ErrorKind::combined)
    return "residual errors";
  for (std::size_t p = 0; p < parameters; ++p) {
    if (model.parameters[p].fixed || !model.parameters[p].varies) return "a parameter without random effects";
    if ((model.parameters[p].scale == Scale::logit) != (p + 1 == parameters))
      return "a fraction that is not the last";
  }
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    if (model.effects[e].parameter != e % parameters)
      return "a covariate that does not act on all parameters";
  if (model.effects.empty() || model.effects.size() % parameters != 0) return "covariates";
  for (const ProblemBatch& batch : problem.batches)
    if (!batch.data.pk.censored.empty() || !batch.data.pd.censored.empty() || batch.data.pk.repeated)
      return "values";
  return "";
}

std::vector<std::vector<double>> power_matrix(int nodes) {
  std::vector<std::vector<double>> power;
  const auto copy = [&](const auto& interpolated) {
    for (const auto& row : interpolated.power) power.emplace_back(std::begin(row), std::end(row));
  };
  if (nodes == 3)
    copy(interpolation<3>);
  else
    copy(interpolation<4>);
  return power;
}

void add_priors(const PopulationProblem& problem, RList& list) {
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  std::vector<double> mean(layout.head), sd(layout.head);
  const auto put = [&](auto place, const Normal& normal) {
    mean[static_cast<std::size_t>(place)] = normal.mean;
    sd[static_cast<std::size_t>(place)] = normal.sd;
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    put(layout.typical[p], priors.typical[p]);
    put(layout.log_omega[p], priors.log_omega[p]);
  }
  for (std::size_t e = 0; e < layout.beta.size(); ++e) put(layout.beta[e], priors.beta[e]);
  put(layout.log_pk_proportional, priors.log_pk_proportional);
  put(layout.log_pk_additive, priors.log_pk_additive);
  put(layout.log_pd_proportional, priors.log_pd_proportional);
  put(layout.log_pd_additive, priors.log_pd_additive);
  list.add("prior_mean", mean);
  list.add("prior_sd", sd);
}

void add_layout(const PopulationProblem& problem, RList& list) {
  const Layout& layout = problem.layout;
  const std::size_t parameters = layout.typical.size(), covariates = layout.beta.size() / parameters;
  list.add("typical_at", places_of(layout.typical));
  list.add("beta_at", places_of(layout.beta));
  list.add("log_omega_at", places_of(layout.log_omega));
  list.add("log_sigma_at", places_of(std::vector{layout.log_pk_proportional, layout.log_pk_additive,
                                                 layout.log_pd_proportional, layout.log_pd_additive}));
  std::vector<std::vector<double>> inputs;
  std::vector<std::vector<int>> place;
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
      inputs.emplace_back();
      for (std::size_t c = 0; c < covariates; ++c) inputs.back().push_back(batch.inputs[c * parameters][l]);
      place.push_back(places_of(layout.individual[batch.data.subject[l]]));
    }
  list.add("subjects", static_cast<int>(place.size()));
  list.add("parameter_count", static_cast<int>(parameters));
  list.add("covariates", static_cast<int>(covariates));
  list.add("dimension", static_cast<int>(layout.dimension));
  list.add("head_size", static_cast<int>(layout.head));
  list.add("inputs", inputs);
  list.add("place", place);
  Ragged<int> varying;
  std::vector<int> varying_subject;
  for (std::size_t p = 0; p < parameters; ++p) {
    for (std::size_t s = 0; s < place.size(); ++s)
      if (place[s][p] > 0) {
        varying.items.push_back(place[s][p]);
        varying_subject.push_back(static_cast<int>(s) + 1);
      }
    varying.end_subject();
  }
  list.add("varying_at", varying.at);
  list.add("varying_place", varying.items);
  list.add("varying_subject", varying_subject);
}

}  // namespace

Result<RList> stan_data(const PopulationProblem& problem) {
  if (const std::string what = unsupported(problem); !what.empty())
    return Error{Fault::bad_usage, "the Stan programs have no " + what, problem.structure.model.pk_class, ""};
  RList list;
  list.add("compartments", problem.structure.model.pk_class == "pk_1c_oral" ? 1 : 2);
  add_layout(problem, list);
  add_priors(problem, list);
  const int nodes = problem.batches[0].data.plan.pd.nodes;
  list.add("nodes", nodes);
  list.add("power", power_matrix(nodes));
  StanSubjects subjects;
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) subjects.add(batch, l);
  subjects.write(list);
  return list;
}

}  // namespace qdose::benchmarks
