#include <nlohmann/json.hpp>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"

namespace qdose {

using nlohmann::json;

namespace {

json optional(const std::optional<double>& value) { return value ? compact(*value) : json(nullptr); }

json band(const ProfileBand& b) {
  return {{"low", compact(b.q5)}, {"mid", compact(b.q50)}, {"high", compact(b.q95)}};
}

/// Profiles of the first scenario's answers, at most one a regimen and source.
json profiles(const Doses& doses) {
  json out = json::array();
  const std::string first = doses.answers.empty() ? "" : doses.answers.front().scenario;
  for (const DoseAnswer& a : doses.answers)
    if (a.exposure && a.scenario == first && a.source == "posterior" && !a.exposure->time_h.empty())
      out.push_back({{"scenario", a.scenario},
                     {"regimen", regimen_words(a)},
                     {"dose", compact(a.exposure->dose_mg)},
                     {"x", compact(a.exposure->time_h)},
                     {"pk", band(a.exposure->concentration)},
                     {"pd", band(a.exposure->biomarker)}});
  return out;
}

json sensitivity(const Doses& doses) {
  json out = json::array();
  for (const SensitivityRow& row : doses.sensitivity)
    out.push_back({{"assumption", row.assumption},
                   {"scenario", row.scenario},
                   {"regimen", row.regimen},
                   {"target", compact(row.target)},
                   {"crossing", optional(row.crossing_dose_mg)},
                   {"reference", optional(row.reference_mg)},
                   {"dose", optional(row.dose_mg)}});
  return out;
}

json surface(const DoseSurface& s) {
  json rows = json::array(), beyond = json::array();
  for (const auto& row : s.attainment) rows.push_back(compact(row, 3));
  for (const bool b : s.beyond) beyond.push_back(b);
  return {{"covariate", s.covariate},     {"regimen", s.regimen},          {"values", compact(s.values)},
          {"doses", compact(s.doses_mg)}, {"attainment", std::move(rows)}, {"beyond", std::move(beyond)}};
}

}  // namespace

json dose_details_data(const Doses& doses) {
  json out = {{"unit", doses.dose_unit}};
  if (json made = profiles(doses); !made.empty()) out["profiles"] = std::move(made);
  if (json made = sensitivity(doses); !made.empty()) out["sensitivity"] = std::move(made);
  if (doses.surface) out["surface"] = surface(*doses.surface);
  return out;
}

}  // namespace qdose
