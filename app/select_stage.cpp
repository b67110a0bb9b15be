#include "app/select_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/text.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/simulate/priors.hpp"
#include "qdose/stage1_classify/decision.hpp"
#include "qdose/stage2_population/compare.hpp"
#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {

namespace {

/// Typical values of a class drawn from the prior that is scaled to the trial, natural scale.
std::vector<std::vector<double>> prior_typicals(const ModelInfo& model, const TrialScales& scales,
                                                std::uint64_t seed, int count) {
  const auto item = static_cast<std::uint64_t>(model.about.label) + (model.role == Role::pd ? 1000 : 0);
  Stream stream(seed, Purpose::start, item);
  std::vector<std::vector<double>> draws;
  for (int i = 0; i < count; ++i) {
    const PriorDraw draw = draw_prior(model, scales, stream);
    std::vector<double>& x = draws.emplace_back();
    for (std::size_t k = 0; k < draw.typical.size(); ++k)
      x.push_back(to_natural(model.parameters[k].scale, draw.typical[k]));
  }
  return draws;
}

Errors check_class(const std::string& id, Role role) {
  if (id.empty()) return {};
  const ModelInfo* model = find_model(id);
  if (model != nullptr && model->role == role) return {};
  std::vector<std::string> ids;
  for (const ModelInfo& m : role == Role::pk ? pk_models() : pd_models()) ids.emplace_back(m.about.id);
  return {{Fault::bad_usage, fmt::format("{} is no {} class", id, role == Role::pk ? "PK" : "PD"), "",
           suggestion(id, ids)}};
}

Errors check_request(const Trial& trial, const ClassSettings& classes) {
  Errors errors = check_class(classes.pk, Role::pk);
  for (Error& e : check_class(classes.pd, Role::pd)) errors.push_back(std::move(e));
  const auto some = [&](auto has) { return std::any_of(trial.subjects.begin(), trial.subjects.end(), has); };
  if (!some([](const Subject& s) {
        return std::ranges::any_of(s.concentrations,
                                   [&](const Observation& o) { return is_informative(s, o); });
      }))
    errors.push_back(
        {Fault::bad_input, "no treated subject has a concentration", trial.name,
         "observation records of DVID 1 hold concentrations; some must be positive (or flagged as "
         "below a limit) and later than the first dose"});
  if (!some([](const Subject& s) { return !s.responses.empty(); }))
    errors.push_back({Fault::bad_input, "no subject has a biomarker value", trial.name,
                      "observation records of DVID 2 hold the biomarker"});
  return errors;
}

std::string role_text(const char* role, const ClassPosterior& p) {
  std::string text = fmt::format("{}: {} (selected by {})\n", role, p.model, p.selected_by);
  std::vector<std::pair<double, std::string>> ranked;
  if (!p.encoder_model.empty())  // else the probabilities are those of the likelihood
    for (const auto& [id, probability] : p.probabilities) ranked.emplace_back(-probability, id);
  std::sort(ranked.begin(), ranked.end());
  for (std::size_t i = 0; i < std::min<std::size_t>(3, ranked.size()); ++i)
    text += fmt::format("  encoder    {:<24} {:.3f}\n", ranked[i].second, -ranked[i].first);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, p.likelihood.size()); ++i)
    text += fmt::format("  likelihood {:<24} {:.3f}  BIC {:.1f}\n", p.likelihood[i].model,
                        p.likelihood[i].probability, p.likelihood[i].bic);
  if (!p.in_catalogue)
    text += "  none of the classes explains the data well (misfit " + fmt::format("{:.2f})\n", p.misfit);
  return text;
}

}  // namespace

Result<Selection> select_stage(const Trial& trial, SelectSettings settings, const ClassSettings& classes,
                               const Context& context, Ranking ranking) {
  if (Errors errors = check_request(trial, classes); !errors.empty()) return errors;
  settings.seed = context.seed();
  settings.threads = context.threads();
  Selection selection;
  selection.trial = trial.name;
  if (classes.pk.empty() || classes.pd.empty()) {
    Result<Selection> encoded = select_models(trial, settings, context.progress());
    if (interrupted()) return Error{Fault::numerical, "interrupted", "Stage 1", "start again"};
    if (encoded) {
      selection = std::move(*encoded);
    } else {
      selection.notes.push_back("Without the encoder (" + encoded.errors().front().message +
                                "): classes are selected by likelihood alone.");
      context.note(selection.notes.back());
    }
  }
  const TrialScales scales = trial_scales(trial);
  const StartValues starts = [&](const ModelInfo& m) {
    return prior_typicals(m, scales, context.seed(), 60);
  };
  const ClassComparison comparison = compare_classes(trial, starts, context.threads(), context.progress(),
                                                     ranking == Ranking::of_need ? classes.pd : "");
  if (interrupted()) return Error{Fault::numerical, "interrupted", "class comparison", "start again"};
  selection.pk.likelihood = comparison.pk;
  selection.pd.likelihood = comparison.pd;
  decide_class(selection.pk, classes.pk, "PK", selection.notes);
  decide_class(selection.pd, classes.pd, "PD", selection.notes);
  if (selection.pk.model.empty() || selection.pd.model.empty())
    return Error{Fault::numerical, "no class could be fitted to the trial", trial.name,
                 "name the classes by --pk and --pd"};
  return selection;
}

StartingScales starting_scales(const Trial& trial, const Selection& selection, std::uint64_t seed) {
  const TrialScales scales = trial_scales(trial);
  StartingScales start;
  for (const ClassPosterior* posterior : {&selection.pk, &selection.pd}) {
    const ModelInfo& model = *find_model(posterior->model);
    const auto fit = std::find_if(posterior->likelihood.begin(), posterior->likelihood.end(),
                                  [&](const ClassFit& f) { return f.model == posterior->model; });
    const auto draws = prior_typicals(model, scales, seed, 101);
    for (std::size_t i = 0; i < model.parameters.size(); ++i) {
      const std::string name(model.parameters[i].symbol);
      if (fit != posterior->likelihood.end()) {
        start[name] = {fit->typical.at(name), 1.0};
        continue;
      }
      std::vector<double> values;
      for (const auto& d : draws) values.push_back(d[i]);
      std::nth_element(values.begin(), values.begin() + 50, values.end());
      start[name] = {values[50], 1.5};
    }
  }
  return start;
}

std::string selection_text(const Selection& selection) {
  std::string text = role_text("PK", selection.pk) + role_text("PD", selection.pd);
  for (const std::string& note : selection.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace qdose
