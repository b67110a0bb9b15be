// qdose models [ID]: the catalogue, or one class with its equations, units and priors.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "qdose/base/text.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/prior_summary.hpp"

namespace qdose {
namespace {

using nlohmann::json;

std::string prior_text(const Parameter& p) {
  if (p.is_fixed_in_report()) return fmt::format("{:g}, fixed", p.fixed);
  const std::string range = fmt::format("U({:g}, {:g})", p.report.low, p.report.high);
  return p.report.spread > 0 ? fmt::format("{} x exp(N(0, {:g}^2))", range, p.report.spread) : range;
}

json json_of(const Parameter& p) {
  json j = {{"symbol", p.symbol},
            {"unit", p.unit},
            {"meaning", p.meaning},
            {"scale", p.scale == Scale::log ? "log" : "logit"},
            {"report_prior", {{"low", p.report.low}, {"high", p.report.high}, {"spread", p.report.spread}}}};
  if (p.is_fixed_in_report()) j["report_prior"]["fixed"] = p.fixed;
  return j;
}

json json_of(const ModelInfo& model) {
  json j = {{"id", model.about.id},         {"role", model.role == Role::pk ? "pk" : "pd"},
            {"label", model.about.label},   {"title", model.about.title},
            {"source", model.about.source}, {"input", model.input},
            {"equations", model.equations}, {"parameters", json::array()},
            {"states", json::array()}};
  for (const Parameter& p : model.parameters) j["parameters"].push_back(json_of(p));
  for (const State& s : model.states) j["states"].push_back({{"symbol", s.symbol}, {"unit", s.unit}});
  return j;
}

std::string list_text(std::span<const ModelInfo> models) {
  std::string text;
  for (const ModelInfo& model : models)
    text += fmt::format("  {:<24} {}\n", model.about.id, model.about.title);
  return text;
}

std::string detail_text(const ModelInfo& model) {
  std::string text =
      fmt::format("{}: {}\nsource: {}\n\nequations\n", model.about.id, model.about.title, model.about.source);
  for (const std::string& line : model.equations) text += fmt::format("  {}\n", line);
  if (!model.input.empty()) text += fmt::format("  {}\n", model.input);
  text += "\nparameters (unit, prior of the report, meaning)\n";
  for (const Parameter& p : model.parameters)
    text += fmt::format("  {:<8} {:<12} {:<34} {}\n", p.symbol, p.unit, prior_text(p), p.meaning);
  if (!model.states.empty()) text += "\nstates (unit)\n";
  for (const State& s : model.states) text += fmt::format("  {:<8} {}\n", s.symbol, s.unit);
  return text;
}

constexpr std::size_t draws_for_visibility = 20000;

/// What the report's prior of a PD class looks like through its noise.
std::string visibility_text(const ModelInfo& model, std::uint64_t seed) {
  for (const PdSummary& s : summarise_report_pd(seed, draws_for_visibility)) {
    if (s.id != model.about.id) continue;
    std::string text = fmt::format(
        "\nunder the report's prior, on its design (25 values, 10% error)\n"
        "  largest change of the response: median {:.2g}%, 95% of draws below {:.2g}%\n"
        "  told from a constant (by {:g} standard deviations): {:.0f}% of draws\n",
        100 * s.change.p50, 100 * s.change.p95, seen_distance, 100 * s.seen);
    if (s.seen < 0.5)
      text += "  this prior cannot be seen through its noise: most draws look like no effect\n";
    return text;
  }
  return {};
}

constexpr std::string_view other_priors =
    "\nother priors: `trial` and `wide` draw this class's parameters as multiples of a trial's (or of any "
    "compound's) "
    "scales:\ndose, exposure, half-life, sampling times, baseline, effect; "
    "docs/decisions/0011-priors-scaled-to-a-"
    "trial.md has the rules\n";

json json_of(const Quantiles& q) { return {{"p5", q.p5}, {"p50", q.p50}, {"p95", q.p95}}; }

struct ModelsSettings {
  bool summaries = false;
  std::uint64_t count = 100000;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("summaries", summaries, "tables of what the report's priors make on its design, without noise");
    v("count", count, "trajectories for these tables (1000 to 10^7)");
  }
};

class ModelsCommand final : public Command {
 public:
  std::string_view name() const override { return "models"; }
  std::string_view summary() const override {
    return "list the model classes, or show one with its equations";
  }
  int position() const override { return 30; }

  void declare(Options& options) override {
    options.optional("ID", id_, "a class, for example pk_2c_oral");
    options.settings("models", settings_);
  }

  Result<Done> run(Context& context) override {
    if (settings_.summaries) return summarise(context);
    return id_.empty() ? list(context) : show(context);
  }

 private:
  static Result<Done> list(Context& context) {
    json document = {{"pk", json::array()}, {"pd", json::array()}};
    for (const ModelInfo& model : pk_models()) document["pk"].push_back(json_of(model));
    for (const ModelInfo& model : pd_models()) document["pd"].push_back(json_of(model));
    const std::string text =
        fmt::format("concentration (PK)\n{}\nbiomarker (PD)\n{}\nqdose models ID shows one\n",
                    list_text(pk_models()), list_text(pd_models()));
    context.answer(text, document);
    return Done{};
  }

  Result<Done> show(Context& context) const {
    const ModelInfo* model = find_model(id_);
    if (!model) {
      std::vector<std::string> ids;
      for (const auto models : {pk_models(), pd_models()})
        for (const ModelInfo& each : models) ids.emplace_back(each.about.id);
      return Error{Fault::bad_usage, fmt::format("there is no class {}", in_quotes(id_)), "",
                   suggestion(id_, ids)};
    }
    const std::string seen = model->role == Role::pd ? visibility_text(*model, context.seed()) : "";
    context.answer(detail_text(*model) + seen + std::string(other_priors), json_of(*model));
    return Done{};
  }

  Result<Done> summarise(Context& context) const {
    if (settings_.count < 1000 || settings_.count > 10000000)
      return Error{Fault::bad_usage, fmt::format("{} trajectories", settings_.count), "count",
                   "1000 to 10^7"};
    const auto pk = summarise_report_pk(context.seed(), settings_.count);
    const auto pd = summarise_report_pd(context.seed(), settings_.count);
    json document = {{"pk", json::array()}, {"pd", json::array()}};
    for (const PkSummary& s : pk)
      document["pk"].push_back({{"id", s.id},
                                {"peak", json_of(s.peak)},
                                {"published_peak", json_of(s.published_peak)},
                                {"first_dose_distance", json_of(s.first_dose)},
                                {"first_dose_seen", s.first_dose_seen}});
    for (const PdSummary& s : pd)
      document["pd"].push_back({{"id", s.id},
                                {"baseline", json_of(s.baseline)},
                                {"change", json_of(s.change)},
                                {"distance", json_of(s.distance)},
                                {"seen", s.seen}});
    context.answer(describe(pk) + "\n" + describe(pd), document);
    return Done{};
  }

  std::string id_;
  ModelsSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_models_command() { return std::make_unique<ModelsCommand>(); }

}  // namespace qdose
