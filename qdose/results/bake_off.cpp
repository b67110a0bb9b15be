#include "qdose/results/bake_off.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

struct Mean {
  double mean = 0, se = 0;
};

Mean mean_of(const std::vector<double>& x) {
  Mean m;
  if (x.empty()) return {std::nan(""), std::nan("")};
  const double n = static_cast<double>(x.size());
  for (double v : x) m.mean += v / n;
  for (double v : x) m.se += (v - m.mean) * (v - m.mean);
  m.se = x.size() > 1 ? std::sqrt(m.se / (n - 1) / n) : std::nan("");
  return m;
}

/// All seeds of one sampler at one target acceptance.
struct Row {
  std::string sampler;
  double target_acceptance = 0;
  std::vector<double> per_budget, tail_per_budget, per_sampling, per_second, r_hat;
  long divergences = 0, without_draws = 0;
};

std::vector<Row> rows_of(const BakeOff& bake_off) {
  std::vector<Row> rows;
  for (const BakeOffRun& run : bake_off.runs) {
    if (rows.empty() || rows.back().sampler != run.sampler ||
        rows.back().target_acceptance != run.target_acceptance)
      rows.push_back({run.sampler, run.target_acceptance, {}, {}, {}, {}, {}, 0, 0});
    Row& row = rows.back();
    row.per_budget.push_back(1000 * run.ess_bulk_min / static_cast<double>(run.gradients));
    row.tail_per_budget.push_back(1000 * run.ess_tail_min / static_cast<double>(run.gradients));
    row.per_second.push_back(run.ess_bulk_min / run.seconds);
    row.divergences += run.divergences;
    if (run.draws == 0) {
      ++row.without_draws;
      continue;
    }
    row.per_sampling.push_back(1000 * run.ess_bulk_min /
                               static_cast<double>(run.gradients - run.gradients_warmup));
    row.r_hat.push_back(run.r_hat_max);
  }
  return rows;
}

Json mean_json(const std::vector<double>& x) {
  if (x.empty()) return nullptr;
  const Mean m = mean_of(x);
  return {{"mean", m.mean}, {"se", m.se}};
}

}  // namespace

Result<Done> save(const BakeOff& bake_off, const std::string& path) {
  Json runs = Json::array(), samplers = Json::array();
  for (const BakeOffRun& r : bake_off.runs)
    runs.push_back({{"sampler", r.sampler},
                    {"target_acceptance", r.target_acceptance},
                    {"seed", r.seed},
                    {"gradients_warmup", r.gradients_warmup},
                    {"gradients", r.gradients},
                    {"draws", r.draws},
                    {"divergences", r.divergences},
                    {"ess_bulk_min", r.ess_bulk_min},
                    {"ess_tail_min", r.ess_tail_min},
                    {"r_hat_max", r.draws > 0 ? Json(r.r_hat_max) : Json()},
                    {"seconds", r.seconds}});
  for (const Row& row : rows_of(bake_off))
    samplers.push_back({{"sampler", row.sampler},
                        {"target_acceptance", row.target_acceptance},
                        {"ess_per_1000_gradients", mean_json(row.per_budget)},
                        {"ess_tail_per_1000_gradients", mean_json(row.tail_per_budget)},
                        {"ess_per_1000_gradients_sampling", mean_json(row.per_sampling)},
                        {"ess_per_second", mean_json(row.per_second)},
                        {"r_hat_max", mean_json(row.r_hat)},
                        {"divergences", row.divergences},
                        {"runs_without_draws", row.without_draws}});
  const Json json{{"pk_class", bake_off.pk_class},
                  {"pd_class", bake_off.pd_class},
                  {"dimension", bake_off.dimension},
                  {"gradient_budget", bake_off.budget},
                  {"samplers", samplers},
                  {"runs", runs}};
  return write_file(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
}

std::string text_of(const BakeOff& bake_off) {
  std::string text = fmt::format(
      "\nsamplers at {} gradients, {} dimensions: smallest ESS per 1000 gradients, warm-up included\n{:<17} "
      "{:>6} {:>15} {:>15} {:>22} {:>16} {:>7} {:>5}  {}\n",
      bake_off.budget, bake_off.dimension, "sampler", "target", "bulk", "tail", "bulk, without warm-up",
      "bulk per second", "R-hat", "div.", "without draws");
  for (const Row& row : rows_of(bake_off)) {
    const Mean budget = mean_of(row.per_budget), tail = mean_of(row.tail_per_budget),
               sampling = mean_of(row.per_sampling), second = mean_of(row.per_second);
    const bool any = !row.r_hat.empty();
    text += fmt::format(
        "{:<17} {:>6.2f} {:>6.2f} +- {:>5.2f} {:>6.2f} +- {:>5.2f} {:>22} {:>8.0f} +- {:>4.0f} {:>7} {:>5}  "
        "{}\n",
        row.sampler, row.target_acceptance, budget.mean, budget.se, tail.mean, tail.se,
        any ? fmt::format("{:.2f} +- {:>5.2f}", sampling.mean, sampling.se) : "-", second.mean, second.se,
        any ? fmt::format("{:.4f}", mean_of(row.r_hat).mean) : "-", row.divergences,
        row.without_draws > 0 ? fmt::format("{} of {}", row.without_draws, row.per_budget.size()) : "-");
  }
  return text;
}

}  // namespace qdose
