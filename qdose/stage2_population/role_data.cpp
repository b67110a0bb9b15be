#include "qdose/stage2_population/role_data.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/stage2_population/residual_error.hpp"

namespace qdose {

namespace {

const std::vector<Observation>& values_of(const Subject& subject, Role role) {
  return role == Role::pk ? subject.concentrations : subject.responses;
}

/// Subjects ordered so that those of one arm share batches: their plans then share times.
std::vector<std::size_t> subjects_with(const Trial& trial, Role role) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < trial.subjects.size(); ++i) {
    const Subject& s = trial.subjects[i];
    const auto informs = [&](const Observation& o) { return role == Role::pd || is_informative(s, o); };
    if (std::ranges::any_of(values_of(s, role), informs)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return trial.subjects[a].doses.size() < trial.subjects[b].doses.size();
  });
  return order;
}

std::vector<RoleBatch> batches_of(const Trial& trial, std::string_view pk_class, std::string_view pd_class) {
  const Role role = pd_class.empty() ? Role::pk : Role::pd;
  std::vector<Schedule> all;
  for (const Subject& s : trial.subjects) all.push_back(schedule_of(s));
  const Resolution resolution = resolution_for(all, pk_class, pd_class);
  const auto order = subjects_with(trial, role);
  std::vector<RoleBatch> batches;
  for (std::size_t first = 0; first < order.size(); first += lanes) {
    RoleBatch batch;
    std::vector<Schedule> schedules;
    for (std::size_t k = first; k < std::min(first + lanes, order.size()); ++k) {
      batch.subject.push_back(order[k]);
      schedules.push_back(all[order[k]]);
      if (role == Role::pd) schedules.back().pk_times.clear();
    }
    batch.plan = make_plan(schedules, resolution, role == Role::pd);
    const std::size_t values = role == Role::pk ? batch.plan.pk_observations : batch.plan.pd.responses.size();
    batch.observed.assign(values, {});
    batch.present.assign(values, {});
    batch.limit.assign(values, {});
    for (std::size_t l = 0; l < batch.subject.size(); ++l) {
      const auto& list = values_of(trial.subjects[batch.subject[l]], role);
      for (std::size_t k = 0; k < list.size(); ++k) {
        const bool informs = role == Role::pd || is_informative(trial.subjects[batch.subject[l]], list[k]);
        batch.observed[k].v[l] = list[k].below_limit ? list[k].limit : list[k].value;
        batch.present[k].v[l] = informs ? 1 : 0;
        batch.limit[k].v[l] = list[k].below_limit ? list[k].limit : 0;
      }
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace

std::vector<RoleBatch> pk_batches(const Trial& trial, std::string_view pk_class) {
  return batches_of(trial, pk_class, "");
}

std::vector<RoleBatch> pd_batches(const Trial& trial, std::string_view pk_class, std::string_view pd_class,
                                  const std::vector<std::vector<double>>& pk_parameters) {
  auto batches = batches_of(trial, pk_class, pd_class);
  Workspace workspace;
  for (RoleBatch& batch : batches) {
    const std::size_t np = pk_parameters.front().size();
    std::vector<Lanes> p(np);
    for (std::size_t l = 0; l < lanes; ++l)
      for (std::size_t i = 0; i < np; ++i)
        p[i].v[l] = pk_parameters[batch.subject[l < batch.subject.size() ? l : 0]][i];
    batch.concentration.assign(batch.plan.pk.points.size(), {});
    pk_kernels(pk_class).concentrations(batch.plan.pk, p.data(), workspace, batch.concentration.data());
  }
  return batches;
}

void natural_values(const ModelInfo& model, const std::vector<Lanes>& unbounded, std::vector<Lanes>& natural,
                    std::vector<Lanes>& slope) {
  natural.resize(unbounded.size());
  slope.resize(unbounded.size());
  for (std::size_t i = 0; i < unbounded.size(); ++i)
    for (std::size_t l = 0; l < lanes; ++l) {
      const double x = unbounded[i].v[l];
      const double y = model.parameters[i].scale == Scale::log ? std::exp(x) : 1.0 / (1.0 + std::exp(-x));
      natural[i].v[l] = y;
      slope[i].v[l] = model.parameters[i].scale == Scale::log ? y : y * (1.0 - y);
    }
}

Lanes log_likelihood(const ModelInfo& model, RoleBatch& batch, const std::vector<Lanes>& unbounded,
                     const Residual& residual, Workspace& workspace, std::vector<Lanes>* gradient,
                     std::vector<Lanes>* predicted) {
  std::vector<Lanes> natural, slope;
  natural_values(model, unbounded, natural, slope);
  const bool pk = model.role == Role::pk;
  const BatchPlan& plan = batch.plan;
  std::vector<Lanes> f(pk ? plan.pk.points.size() : plan.pd.responses.size()), adjoint(f.size());
  if (pk)
    pk_kernels(model.about.id).concentrations(plan.pk, natural.data(), workspace, f.data());
  else
    pd_kernels(model.about.id)
        .responses(plan.pd, natural.data(), batch.concentration.data(), workspace, f.data());
  const double a2 = residual.proportional * residual.proportional, b2 = residual.additive * residual.additive;
  Lanes total;
  for (std::size_t k = 0; k < batch.observed.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      if (batch.present[k].v[l] == 0) continue;
      const double x = f[k].v[l], variance = a2 * x * x + b2, e = batch.observed[k].v[l] - x;
      if (batch.limit[k].v[l] > 0) {
        const double sd = std::sqrt(variance), z = e / sd;
        total.v[l] += log_normal_cdf(z);
        adjoint[k].v[l] = -normal_hazard(z) * (1.0 / sd + z * a2 * x / variance);
        continue;
      }
      total.v[l] -= 0.5 * (e * e / variance + std::log(2 * std::numbers::pi * variance));
      adjoint[k].v[l] = e / variance + (e * e / variance - 1.0) * a2 * x / variance;
    }
  if (predicted != nullptr) *predicted = f;
  if (gradient == nullptr) return total;
  std::vector<Lanes> g(unbounded.size()), unused(pk ? 0 : plan.pk.points.size());
  if (pk)
    pk_kernels(model.about.id).pull_back(plan.pk, natural.data(), workspace, adjoint.data(), g.data());
  else
    pd_kernels(model.about.id)
        .pull_back(plan.pd, natural.data(), batch.concentration.data(), workspace, adjoint.data(),
                   unused.data(), g.data());
  gradient->resize(g.size());
  for (std::size_t i = 0; i < g.size(); ++i)
    for (std::size_t l = 0; l < lanes; ++l) (*gradient)[i].v[l] += g[i].v[l] * slope[i].v[l];
  return total;
}

}  // namespace qdose
