#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"
#include "qdose/results/prior_and_posterior.hpp"

namespace qdose {

using nlohmann::json;

namespace {

using Chains = std::vector<std::vector<double>>;

std::vector<double> pooled(const Chains& chains) {
  std::vector<double> all;
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  return all;
}

double normal_density(double x, double mean, double sd) {
  const double z = (x - mean) / sd;
  return std::exp(-0.5 * z * z) / (sd * std::sqrt(2 * std::acos(-1.0)));
}

/// Gaussian kernels with Silverman's width.
double kernel_density(const std::vector<double>& values, double sd, double x) {
  const double width = 1.06 * sd * std::pow(static_cast<double>(values.size()), -0.2);
  double sum = 0;
  for (const double value : values) sum += normal_density(x, value, width);
  return sum / static_cast<double>(values.size());
}

/// Densities on the natural scale around the posterior; wider where the prior is not much wider.
json prior_panel(const ParameterSummary& p, const Chains& chains, const PriorUpdate& update) {
  constexpr int points = 60;
  constexpr std::size_t most_kernels = 400;
  const double reach = std::max(4 * update.sd, std::min(3 * update.prior_sd, 8 * update.sd));
  std::vector<double> values = thinned(pooled(chains), most_kernels), x, prior, posterior;
  for (double& value : values) value = on_prior_scale(p.prior, value);
  for (int i = 0; i < points; ++i) {
    const double at = update.mean + reach * (2.0 * i / (points - 1) - 1), slope = natural_slope(p.prior, at);
    x.push_back(from_prior_scale(p.prior, at));
    prior.push_back(normal_density(at, p.prior.mean, p.prior.sd) / slope);
    posterior.push_back(kernel_density(values, update.sd, at) / slope);
  }
  return {{"name", p.name},
          {"x", compact(x, 5)},
          {"prior", compact(prior, 3)},
          {"posterior", compact(posterior, 3)}};
}

json priors(const Fit& fit) {
  json panels = json::array();
  for (std::size_t q = 0; q < fit.parameters.size() && q < fit.traces.size(); ++q)
    if (const auto update = update_of(fit.parameters[q], fit.traces[q]); update && update->sd > 0)
      panels.push_back(prior_panel(fit.parameters[q], fit.traces[q], *update));
  return panels;
}

/// Standardised ranks.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  const double n = static_cast<double>(values.size()), sd = std::sqrt((n * n - 1) / 12);
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    ranks[order[i]] = (static_cast<double>(i) - (n - 1) / 2) / sd;
  return ranks;
}

struct Pair {
  std::size_t a = 0, b = 0;
  double correlation = 0;
};

/// What is computed from others goes with them by construction.
bool is_derived(const ParameterSummary& p) { return p.prior.scale.empty() && !p.name.starts_with("corr_"); }

std::vector<Pair> all_pairs(const Fit& fit, const std::vector<std::vector<double>>& ranks) {
  std::vector<Pair> pairs;
  for (std::size_t a = 0; a < ranks.size(); ++a)
    for (std::size_t b = a + 1; b < ranks.size(); ++b)
      if (!is_derived(fit.parameters[a]) && !is_derived(fit.parameters[b]))
        pairs.push_back({a, b,
                         std::inner_product(ranks[a].begin(), ranks[a].end(), ranks[b].begin(), 0.0) /
                             static_cast<double>(ranks[a].size())});
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
    return std::abs(x.correlation) > std::abs(y.correlation);
  });
  return pairs;
}

/// The most correlated pairs, and that of the quantity with the fewest effective draws.
std::vector<Pair> shown_pairs(const Fit& fit, const std::vector<std::vector<double>>& ranks) {
  constexpr std::size_t most = 6;
  const std::vector<Pair> all = all_pairs(fit, ranks);
  std::vector<Pair> shown(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size())));
  const auto worst = std::ranges::min_element(fit.parameters, {}, &ParameterSummary::ess_bulk);
  const auto place = static_cast<std::size_t>(worst - fit.parameters.begin());
  const auto of_worst = [&](const Pair& p) { return p.a == place || p.b == place; };
  if (!shown.empty() && std::ranges::none_of(shown, of_worst))
    if (const auto found = std::ranges::find_if(all, of_worst); found != all.end()) shown.back() = *found;
  return shown;
}

json pairs(const Fit& fit) {
  constexpr std::size_t most_points = 300;
  json panels = json::array();
  if (fit.traces.size() < 2 || fit.traces.size() != fit.parameters.size()) return panels;
  std::vector<std::vector<double>> values, ranks;
  for (const Chains& chains : fit.traces) {
    values.push_back(pooled(chains));
    ranks.push_back(ranks_of(values.back()));
  }
  std::vector<std::size_t> divergent;
  for (const ChainInfo& chain : fit.chain_info)
    for (std::size_t k = 0; k < chain.divergent.size(); ++k)
      if (chain.divergent[k] != 0)
        divergent.push_back(static_cast<std::size_t>(&chain - fit.chain_info.data()) * fit.draws_per_chain +
                            k);
  if (divergent.size() > most_points) divergent.resize(most_points);
  const std::vector<std::size_t> drawn = spread(values.front().size(), most_points);
  const auto at = [&](std::size_t q, const std::vector<std::size_t>& places) {
    std::vector<double> some;
    for (const std::size_t k : places) some.push_back(values[q][k]);
    return compact(some);
  };
  for (const Pair& p : shown_pairs(fit, ranks))
    panels.push_back({{"names", {fit.trace_names[p.a], fit.trace_names[p.b]}},
                      {"correlation", compact(p.correlation, 2)},
                      {"x", at(p.a, drawn)},
                      {"y", at(p.b, drawn)},
                      {"divergent", {{"x", at(p.a, divergent)}, {"y", at(p.b, divergent)}}}});
  return panels;
}

}  // namespace

json draws_data(const Fit& fit) { return {{"priors", priors(fit)}, {"pairs", pairs(fit)}}; }

json calibration_data(const Calibration& calibration) {
  json quantities = json::array();
  for (const RankHistogram& q : calibration.quantities)
    quantities.push_back({{"name", q.name}, {"counts", q.counts}, {"p", compact(q.p_value, 2)}});
  return {{"fitted", calibration.refits - calibration.failed}, {"quantities", std::move(quantities)}};
}

}  // namespace qdose
