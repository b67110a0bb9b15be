#include "qdose/models/catalogue.hpp"

#include <algorithm>

#include "qdose/models/formula.hpp"
#include "qdose/num/batch.hpp"
#include "qdose/pd_includes.inc"
#include "qdose/pk_includes.inc"

namespace qdose {
namespace {

/// A table's rows as formula symbols.
template <std::size_t N, class Table>
std::array<Formula, N> symbols(const Table& table) {
  std::array<Formula, N> formulas;
  for (std::size_t i = 0; i < N; ++i) formulas[i] = Formula::symbol(std::string(table[i].symbol));
  return formulas;
}

/// "d gut/dt = -(ka * gut)" for every state.
template <class M>
std::vector<std::string> derivative_lines(const States<M, Formula>& derivative) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < M::states.size(); ++i)
    lines.push_back("d " + std::string(M::states[i].symbol) + "/dt = " + derivative[i].text());
  return lines;
}

template <class M>
ModelInfo common(Role role) {
  ModelInfo info;
  info.role = role;
  info.about = M::about;
  info.parameters = M::parameters;
  info.states = M::states;
  return info;
}

template <PkModel M>
void twins_of(const LaneTwins::Row* values, LaneTwins& result) {
  static_assert(M::parameters.size() <= LaneTwins::most);
  Parameters<M, Batch> own;
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = Batch::load(values[i].v);
  const Twin<M, Batch> twin = M::twin(own);
  const Batch none(0.0);
  select(twin.exists, Batch(1.0), none).store(result.exists.v);
  select(twin.exists, twin.log_jacobian, none).store(result.log_jacobian.v);
  for (std::size_t i = 0; i < own.size(); ++i)
    select(twin.exists, log(twin.p[i] / own[i]), none).store(result.move[i].v);
}

template <PkModel M>
ModelInfo describe_pk() {
  ModelInfo info = common<M>(Role::pk);
  info.has_lag = has_symbol(M::parameters, "Tlag");
  info.has_infusion = has_symbol(M::parameters, "tau");
  if constexpr (requires(Parameters<M, double> p) { M::twin(p); }) info.twins = &twins_of<M>;
  if constexpr (requires { M::absorption_limited; }) info.absorption_limited = M::absorption_limited;

  States<M, double> fresh_dose{};
  fresh_dose[M::dose_state] = 1.0;
  Parameters<M, double> ones;
  ones.fill(1.0);
  info.extravascular = M::concentration(fresh_dose, ones) == 0.0;

  const auto a = symbols<M::states.size()>(M::states);
  const auto p = symbols<M::parameters.size()>(M::parameters);
  info.equations = derivative_lines<M>(M::rhs(a, p));
  info.equations.push_back("C = " + M::concentration(a, p).text());

  const std::string entered(M::states[M::dose_state].symbol);
  info.input = "a dose at t enters " + entered;
  if (info.has_lag) info.input += " at t + Tlag";
  if (info.has_infusion) info.input += " at the rate dose/tau from t to t + tau";
  return info;
}

template <PdModel M>
ModelInfo describe_pd() {
  ModelInfo info = common<M>(Role::pd);
  const auto y = symbols<M::states.size()>(M::states);
  const auto p = symbols<M::parameters.size()>(M::parameters);
  const Formula C = Formula::symbol("C");
  info.equations = derivative_lines<M>(M::rhs(C, y, p));
  const auto start = M::baseline(p);
  for (std::size_t i = 0; i < start.size(); ++i)
    info.equations[i] += ", " + std::string(M::states[i].symbol) + "(0) = " + start[i].text();
  info.equations.push_back("R = " + M::response(C, y, p).text());
  return info;
}

std::vector<ModelInfo> by_label(std::vector<ModelInfo> models) {
  std::sort(models.begin(), models.end(),
            [](const ModelInfo& a, const ModelInfo& b) { return a.about.label < b.about.label; });
  return models;
}

}  // namespace

std::span<const ModelInfo> pk_models() {
#define X(T) describe_pk<T>(),
  static const std::vector<ModelInfo> models = by_label({
#include "qdose/pk_classes.inc"
  });
#undef X
  return models;
}

std::span<const ModelInfo> pd_models() {
#define X(T) describe_pd<T>(),
  static const std::vector<ModelInfo> models = by_label({
#include "qdose/pd_classes.inc"
  });
#undef X
  return models;
}

const ModelInfo* find_model(std::string_view id) {
  for (auto models : {pk_models(), pd_models()})
    for (const ModelInfo& model : models)
      if (model.about.id == id) return &model;
  return nullptr;
}

int parameter_index(const ModelInfo& model, std::string_view symbol) {
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    if (model.parameters[i].symbol == symbol) return static_cast<int>(i);
  return -1;
}

}  // namespace qdose
