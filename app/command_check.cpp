// qdose check TRIAL.csv: what the file holds, or everything that is wrong with it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "qdose/data/overview.hpp"
#include "qdose/data/read_trial.hpp"

namespace qdose {
namespace {

using nlohmann::json;

json json_of(const Span& span) { return {{"low", span.low}, {"high", span.high}}; }

json json_of(const ArmOverview& arm) {
  json j = {{"dose_level", arm.dose_level},
            {"subjects", arm.subjects},
            {"doses_per_subject", json_of(arm.doses_per_subject)},
            {"concentrations", arm.concentrations},
            {"responses", arm.responses}};
  j["interval_h"] = arm.interval_h ? json_of(*arm.interval_h) : json();
  return j;
}

json json_of(const CovariateOverview& overview) {
  const Covariate& c = overview.covariate;
  json j = {{"name", c.name}, {"reference", c.reference}, {"smallest", c.smallest}, {"largest", c.largest}};
  j["kind"] = c.kind == CovariateKind::categorical ? "categorical" : "continuous";
  for (const auto& [level, subjects] : overview.levels)
    j["levels"].push_back({{"level", level}, {"subjects", subjects}});
  return j;
}

json json_of(const TrialOverview& overview) {
  json j = {{"trial", overview.name},
            {"subjects", overview.subjects},
            {"doses", overview.doses},
            {"concentrations", overview.concentrations},
            {"responses", overview.responses},
            {"route", route_name(overview.route)},
            {"times_h", json_of(overview.times_h)},
            {"concentration", json_of(overview.concentration)},
            {"response", json_of(overview.response)},
            {"arms", json::array()},
            {"covariates", json::array()},
            {"notes", overview.notes}};
  for (const ArmOverview& arm : overview.arms) j["arms"].push_back(json_of(arm));
  for (const CovariateOverview& covariate : overview.covariates)
    j["covariates"].push_back(json_of(covariate));
  return j;
}

class CheckCommand final : public Command {
 public:
  std::string_view name() const override { return "check"; }
  std::string_view summary() const override {
    return "validate a trial: every fault with line, column and hint";
  }
  int position() const override { return 20; }

  void declare(Options& options) override {
    options.positional("TRIAL.csv", trial_, "trial in NONMEM layout");
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = read_trial(trial_);
    if (!trial) return trial.errors();
    const TrialOverview overview = overview_of(*trial);
    context.answer(describe(overview), json_of(overview));
    return Done{};
  }

 private:
  std::string trial_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace qdose
