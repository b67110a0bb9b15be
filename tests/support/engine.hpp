// One batch of subjects through the kernels, with the class given as a type.
#pragma once
#include <vector>

#include "qdose/models/definition.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// Parameters of up to eight subjects as lanes; missing lanes repeat the first subject.
template <class M>
std::vector<Lanes> to_lanes(const std::vector<Parameters<M, double>>& subjects) {
  std::vector<Lanes> parameters(M::parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    for (std::size_t l = 0; l < lanes; ++l) parameters[i].v[l] = subjects[l < subjects.size() ? l : 0][i];
  return parameters;
}

struct EngineCurves {
  std::vector<Lanes> concentration;  ///< at every point of the plan; observations first
  std::vector<Lanes> response;
};

template <class Pk, class Pd>
EngineCurves run_engine(const BatchPlan& plan, const std::vector<Parameters<Pk, double>>& pk,
                        const std::vector<Parameters<Pd, double>>& pd) {
  EngineCurves curves{std::vector<Lanes>(plan.pk.points.size()),
                      std::vector<Lanes>(plan.pd.responses.size())};
  Workspace workspace;
  const auto p = to_lanes<Pk>(pk);
  const auto q = to_lanes<Pd>(pd);
  pk_kernels(Pk::about.id).concentrations(plan.pk, p.data(), workspace, curves.concentration.data());
  pd_kernels(Pd::about.id)
      .responses(plan.pd, q.data(), curves.concentration.data(), workspace, curves.response.data());
  return curves;
}

}  // namespace qdose
