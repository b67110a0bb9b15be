#include "qdose/results/bake_off.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

SeedMean mean_of(const std::vector<double>& x) {
  SeedMean m;
  if (x.empty()) return {std::nan(""), std::nan("")};
  const double n = static_cast<double>(x.size());
  for (double v : x) m.mean += v / n;
  for (double v : x) m.se += (v - m.mean) * (v - m.mean);
  m.se = x.size() > 1 ? std::sqrt(m.se / (n - 1) / n) : std::nan("");
  return m;
}

/// Of runs that are of one sampler and target.
SamplerScore score_of(std::span<const BakeOffRun> runs) {
  SamplerScore score{runs.front().sampler, runs.front().target_acceptance, {}, {}, {}, {}, {}, 0,
                     runs.size()};
  std::vector<double> bulk, tail, sampling, per_second, r_hat;
  for (const BakeOffRun& run : runs) {
    bulk.push_back(1000 * run.ess_bulk_min / static_cast<double>(run.gradients));
    tail.push_back(1000 * run.ess_tail_min / static_cast<double>(run.gradients));
    per_second.push_back(run.ess_bulk_min / run.seconds);
    score.divergences += run.divergences;
    if (run.draws == 0) {
      ++score.without_draws;
      continue;
    }
    sampling.push_back(1000 * run.ess_bulk_min / static_cast<double>(run.gradients - run.gradients_warmup));
    r_hat.push_back(run.r_hat_max);
  }
  score.bulk = mean_of(bulk), score.tail = mean_of(tail), score.bulk_sampling = mean_of(sampling);
  score.bulk_per_second = mean_of(per_second), score.r_hat = mean_of(r_hat);
  return score;
}

Json mean_json(const SeedMean& m) {
  if (std::isnan(m.mean)) return nullptr;
  return {{"mean", m.mean}, {"se", m.se}};
}

/// "against NUTS 2.0 times (+- 0.3)".
std::string against(const SamplerScore& own, const SamplerScore& other, const std::string& whose) {
  if (!(other.bulk.mean > 0)) return fmt::format("{} has no draws at this budget", whose);
  const double ratio = own.bulk.mean / other.bulk.mean;
  const double se = ratio * std::hypot(own.bulk.se / own.bulk.mean, other.bulk.se / other.bulk.mean);
  return fmt::format("against {} {:.2g} times (+- {:.1g}{})", whose, ratio, se,
                     std::abs(ratio - 1) < 2 * se ? ", within error" : "");
}

/// A mean and its error, which a single seed does not have; "-" without values.
std::string with_error(const SeedMean& m, int digits) {
  if (std::isnan(m.mean)) return "-";
  const std::string mean = fmt::format("{:.{}f}", m.mean, digits);
  return std::isnan(m.se) ? mean : fmt::format("{} +- {:>5.{}f}", mean, m.se, digits);
}

}  // namespace

std::vector<SamplerScore> scores_of(const BakeOff& bake_off) {
  std::vector<SamplerScore> scores;
  const std::span<const BakeOffRun> runs(bake_off.runs);
  for (std::size_t first = 0, end = 0; first < runs.size(); first = end) {
    while (end < runs.size() && runs[end].sampler == runs[first].sampler &&
           runs[end].target_acceptance == runs[first].target_acceptance)
      ++end;
    scores.push_back(score_of(runs.subspan(first, end - first)));
  }
  return scores;
}

std::string verdict_of(const std::vector<SamplerScore>& scores) {
  const SamplerScore *own = nullptr, *usual = nullptr, *best = nullptr, *plain = nullptr;
  for (const SamplerScore& s : scores) {
    if (s.sampler == "S-qihmc") own = &s;
    if (s.sampler == "hmc") plain = &s;
    if (!s.sampler.starts_with("nuts")) continue;
    if (s.sampler == "nuts" && s.target_acceptance == 0.8) usual = &s;
    if (best == nullptr || s.bulk.mean > best->bulk.mean) best = &s;
  }
  if (own == nullptr || usual == nullptr || plain == nullptr) return "";
  if (!(own->bulk.mean > 0)) return "S-qihmc has no draws at this budget.";
  return fmt::format(
      "Smallest bulk ESS of S-qihmc: {}; {}; {}.", against(*own, *usual, "NUTS at its usual target 0.8"),
      against(*own, *best,
              fmt::format("the best NUTS ({}, target {})", best->sampler, best->target_acceptance)),
      against(*own, *plain, "plain HMC"));
}

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
  for (const SamplerScore& row : scores_of(bake_off))
    samplers.push_back({{"sampler", row.sampler},
                        {"target_acceptance", row.target_acceptance},
                        {"ess_per_1000_gradients", mean_json(row.bulk)},
                        {"ess_tail_per_1000_gradients", mean_json(row.tail)},
                        {"ess_per_1000_gradients_sampling", mean_json(row.bulk_sampling)},
                        {"ess_per_second", mean_json(row.bulk_per_second)},
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

Result<BakeOff> load_bake_off(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const Json json = Json::parse(*text);
    BakeOff b{json.at("pk_class"), json.at("pd_class"), json.at("gradient_budget"), json.at("dimension"), {}};
    for (const Json& r : json.at("runs"))
      b.runs.push_back(
          {r.at("sampler"), r.at("target_acceptance"), r.at("seed"), r.at("gradients_warmup"),
           r.at("gradients"), r.at("draws"), r.at("divergences"), r.at("ess_bulk_min"), r.at("ess_tail_min"),
           r.at("r_hat_max").is_null() ? 0.0 : r.at("r_hat_max").get<double>(), r.at("seconds")});
    return b;
  } catch (const Json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "fit TRIAL.csv --bake-off 5");
  }
}

std::string text_of(const BakeOff& bake_off) {
  std::string text = fmt::format(
      "\nsamplers at {} gradients, {} dimensions: smallest ESS per 1000 gradients, warm-up included\n{:<17} "
      "{:>6} {:>15} {:>15} {:>22} {:>16} {:>7} {:>5}  {}\n",
      bake_off.budget, bake_off.dimension, "sampler", "target", "bulk", "tail", "bulk, without warm-up",
      "bulk per second", "R-hat", "div.", "without draws");
  for (const SamplerScore& row : scores_of(bake_off)) {
    text +=
        fmt::format("{:<17} {:>6.2f} {:>15} {:>15} {:>22} {:>16} {:>7} {:>5}  {}\n", row.sampler,
                    row.target_acceptance, with_error(row.bulk, 2), with_error(row.tail, 2),
                    with_error(row.bulk_sampling, 2), with_error(row.bulk_per_second, 0),
                    std::isnan(row.r_hat.mean) ? "-" : fmt::format("{:.4f}", row.r_hat.mean), row.divergences,
                    row.without_draws > 0 ? fmt::format("{} of {}", row.without_draws, row.runs) : "-");
  }
  if (const std::string verdict = verdict_of(scores_of(bake_off)); !verdict.empty()) text += verdict + "\n";
  return text;
}

}  // namespace qdose
