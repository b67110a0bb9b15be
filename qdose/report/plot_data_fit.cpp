#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"

namespace qdose {

using nlohmann::json;

namespace {

constexpr std::size_t all_curve_points = 25'000;  // over all subjects: keeps the page below about a megabyte
constexpr std::size_t most_curve_points = 260;    // of one subject

/// Time grids that many subjects share are stored once; a subject refers to one by its position.
class Grids {
 public:
  std::size_t position(const std::vector<double>& times) {
    const auto found = std::find(grids_.begin(), grids_.end(), times);
    if (found != grids_.end()) return static_cast<std::size_t>(found - grids_.begin());
    grids_.push_back(times);
    return grids_.size() - 1;
  }
  json document() const {
    json out = json::array();
    for (const auto& times : grids_) out.push_back(compact(times, 5));
    return out;
  }

 private:
  std::vector<std::vector<double>> grids_;
};

json individual(const IndividualFit& fit, std::size_t most, Grids& grids) {
  return {{"id", fit.id},
          {"arm", compact(fit.dose_level)},
          {"t", grids.position(fit.time)},
          {"obs", compact(fit.observed)},
          {"ind", compact(fit.individual)},
          {"pop", compact(fit.population)},
          {"ct", grids.position(thinned(fit.curve_time, most))},
          {"low", compact(thinned(fit.curve_q5, most))},
          {"mid", compact(thinned(fit.curve_q50, most))},
          {"high", compact(thinned(fit.curve_q95, most))}};
}

json individuals(const std::vector<IndividualFit>& fits, std::size_t most, Grids& grids) {
  std::vector<double> levels;
  for (const IndividualFit& fit : fits) levels.push_back(fit.dose_level);
  json out = json::array();
  for (const std::size_t i : shown_subjects(levels)) out.push_back(individual(fits[i], most, grids));
  return out;
}

json check(const std::vector<PredictiveBand>& bands) {
  json out = json::array();
  for (const PredictiveBand& b : bands) {
    out.push_back({{"arm", compact(b.dose_level)},
                   {"x", compact(b.time, 5)},
                   {"observed", {compact(b.observed_p10), compact(b.observed_p50), compact(b.observed_p90)}},
                   {"low", {compact(b.low_p10), compact(b.low_p50), compact(b.low_p90)}},
                   {"high", {compact(b.high_p10), compact(b.high_p50), compact(b.high_p90)}}});
    if (!b.observed_below.empty())
      out.back()["below"] = {{"observed", compact(b.observed_below, 3)},
                             {"low", compact(b.low_below, 3)},
                             {"high", compact(b.high_below, 3)}};
  }
  return out;
}

/// The prediction-corrected check as a list of one band, or of none.
json corrected(const PredictiveBand& band) {
  return band.time.empty() ? json::array() : check(std::vector<PredictiveBand>{band});
}

json traces(const Fit& fit) {
  json out = json::array();
  for (std::size_t k = 0; k < fit.traces.size() && k < fit.trace_names.size(); ++k) {
    const std::size_t chains = std::max<std::size_t>(1, fit.traces[k].size());
    const std::size_t most = std::max<std::size_t>(20, most_trace_points / chains);
    json lines = json::array();
    std::size_t step = 1;
    for (const auto& chain : fit.traces[k]) {
      lines.push_back(compact(thinned(chain, most)));
      step = (chain.size() + most - 1) / most;
    }
    out.push_back({{"name", fit.trace_names[k]}, {"step", step}, {"chains", std::move(lines)}});
  }
  return out;
}

/// Histogram density of `values` over `bins` equal bins of [-reach, reach]; values beyond are left out.
std::vector<double> density(const std::vector<double>& values, double reach, std::size_t bins) {
  std::vector<double> out(bins, 0.0);
  const double width = 2 * reach / static_cast<double>(bins);
  for (const double value : values) {
    const double bin = std::floor((value + reach) / width);
    if (bin >= 0 && bin < static_cast<double>(bins)) out[static_cast<std::size_t>(bin)] += 1;
  }
  for (double& height : out) height /= width * static_cast<double>(std::max<std::size_t>(1, values.size()));
  return out;
}

json energy(const std::vector<ChainInfo>& chains) {
  std::vector<double> centred, changes;
  json lines = json::array();
  std::size_t step = 1;
  for (const ChainInfo& chain : chains) {
    if (chain.energy.empty()) continue;
    const double mean = std::accumulate(chain.energy.begin(), chain.energy.end(), 0.0) /
                        static_cast<double>(chain.energy.size());
    for (std::size_t i = 0; i < chain.energy.size(); ++i) {
      centred.push_back(chain.energy[i] - mean);
      if (i > 0) changes.push_back(chain.energy[i] - chain.energy[i - 1]);
    }
    const std::size_t most = std::max<std::size_t>(20, most_trace_points / chains.size());
    step = (chain.energy.size() + most - 1) / most;
    lines.push_back(compact(thinned(chain.energy, most), 6));
  }
  if (centred.empty()) return nullptr;
  double variance = 0;
  for (const double value : centred) variance += value * value;
  const double sd = std::sqrt(variance / static_cast<double>(centred.size()));
  constexpr std::size_t bins = 40;
  const double reach = sd > 0 ? 4 * sd : 1;
  std::vector<double> centres;
  for (std::size_t i = 0; i < bins; ++i)
    centres.push_back(-reach + (static_cast<double>(i) + 0.5) * 2 * reach / static_cast<double>(bins));
  return {{"x", compact(centres)},
          {"energy", compact(density(centred, reach, bins))},
          {"change", compact(density(changes, reach, bins))},
          {"step", step},
          {"chains", std::move(lines)}};
}

}  // namespace

json fit_data(const Fit& fit) {
  Grids grids;
  const std::size_t shown =
      std::min(fit.pk_fits.size(), most_shown_subjects) + std::min(fit.pd_fits.size(), most_shown_subjects);
  const std::size_t most = std::min(most_curve_points, all_curve_points / std::max<std::size_t>(1, shown));
  json out = {{"pk", individuals(fit.pk_fits, most, grids)},
              {"pd", individuals(fit.pd_fits, most, grids)},
              {"checks", {{"pk", check(fit.pk_check)}, {"pd", check(fit.pd_check)}}},
              {"corrected", {{"pk", corrected(fit.pk_corrected)}, {"pd", corrected(fit.pd_corrected)}}},
              {"traces", traces(fit)},
              {"energy", energy(fit.chain_info)}};
  out["grids"] = grids.document();
  return out;
}

}  // namespace qdose
