#include "qdose/stage2_population/layout.hpp"

#include <algorithm>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {

Layout make_layout(const PopulationStructure& structure, const std::vector<std::vector<bool>>& touches,
                   bool has_pk, bool has_pd) {
  const auto& parameters = structure.model.parameters;
  Layout layout;
  std::size_t next = 0;
  const auto place = [&](bool present) { return present ? static_cast<std::ptrdiff_t>(next++) : absent; };
  for (const auto& p : parameters) layout.typical.push_back(place(!p.fixed));
  for (std::size_t e = 0; e < structure.model.effects.size(); ++e) layout.beta.push_back(next++);
  for (const auto& p : parameters) layout.log_omega.push_back(place(p.varies && !p.fixed));
  layout.correlation.resize(effect_pairs(structure.model).size());
  for (std::size_t& c : layout.correlation) c = next++;
  const auto proportional = [](ErrorKind kind) { return kind != ErrorKind::additive; };
  const auto additive = [](ErrorKind kind) {
    return kind == ErrorKind::combined || kind == ErrorKind::additive;
  };
  const PopulationModel& model = structure.model;
  layout.log_pk_proportional = place(has_pk && proportional(model.pk_error));
  layout.log_pk_additive = place(has_pk && additive(model.pk_error));
  layout.log_pd_proportional = place(has_pd && proportional(model.pd_error));
  layout.log_pd_additive = place(has_pd && additive(model.pd_error));
  layout.head = next;
  for (const auto& touched : touches) {
    layout.individual.emplace_back();
    const std::size_t first = next;
    for (std::size_t p = 0; p < parameters.size(); ++p)
      layout.individual.back().push_back(place(touched[p] && layout.log_omega[p] != absent));
    if (next > first) layout.blocks.push_back(next - first);
  }
  layout.dimension = next;
  return layout;
}

std::vector<std::string> coordinate_names(const Layout& layout, const PopulationModel& model,
                                          const Trial& trial) {
  std::vector<std::string> names(layout.dimension);
  const auto put = [&](std::ptrdiff_t at, const std::string& name) {
    if (at != absent) names[static_cast<std::size_t>(at)] = name;
  };
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const std::string scale = model.parameters[p].scale == Scale::log ? "log_" : "logit_";
    put(layout.typical[p], scale + model.parameters[p].name);
    put(layout.log_omega[p], "log_omega_" + model.parameters[p].name);
    for (std::size_t s = 0; s < layout.individual.size(); ++s)
      put(layout.individual[s][p], scale + model.parameters[p].name + "[" + trial.subjects[s].id + "]");
  }
  const std::vector<EffectPair> pairs = effect_pairs(model);
  for (std::size_t c = 0; c < pairs.size(); ++c)
    names[layout.correlation[c]] = "artanh_partial_" + name_of(model, pairs[c]);
  for (std::size_t e = 0; e < model.effects.size(); ++e) names[layout.beta[e]] = model.effects[e].name;
  put(layout.log_pk_proportional, "log_sigma_pk_prop");
  put(layout.log_pk_additive, "log_sigma_pk_add");
  put(layout.log_pd_proportional, "log_sigma_pd_prop");
  put(layout.log_pd_additive, "log_sigma_pd_add");
  return names;
}

}  // namespace qdose
