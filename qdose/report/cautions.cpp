#include "qdose/report/cautions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "qdose/base/expects.hpp"
#include "qdose/report/answer_rows.hpp"
#include "qdose/report/html.hpp"

namespace qdose {
namespace {

using List = std::vector<Caution>;

void about_doses(const Doses& doses, List& list) {
  std::size_t beyond = 0, none = 0, doubtful = 0;
  for (const DoseAnswer& answer : doses.answers) {
    beyond += answer.extrapolates && answer.dose_mg;
    none += !answer.dose_mg;
    doubtful += answer.dose_mg && answer.probability_target_met < 0.8;
  }
  const std::size_t all = doses.answers.size();
  if (beyond)
    list.push_back({Weight::warning, "answer",
                    fmt::format("{} of {} answers go beyond the doses or covariates that the trial studied.",
                                beyond, all)});
  if (none)
    list.push_back(
        {Weight::warning, "answer",
         fmt::format("For {} of {} questions no dose of the grid reaches the target.", none, all)});
  if (doubtful)
    list.push_back(
        {Weight::note, "answer",
         fmt::format(
             "{} of {} doses reach their target with a probability below 0.8: given what the trial leaves "
             "open, a higher dose would be safer.",
             doubtful, all)});
  for (const AnswerRow& row : answer_rows(doses))
    if (row.posterior && row.kernel && row.posterior->dose_mg != row.kernel->dose_mg) {
      list.push_back({Weight::note, "answer",
                      "Posterior and kernel disagree on at least one dose. The posterior uses the whole "
                      "trial; the kernel only "
                      "what covariates predict."});
      break;
    }
}

void about_class(const ClassPosterior& role, std::string_view name, const std::string& fitted,
                 const CautionLimits& limits, List& list) {
  if (role.probabilities.empty()) return;
  if (!role.in_catalogue)
    list.push_back(
        {Weight::warning, "classes",
         fmt::format(
             "No {} class of the catalogue explains the data well (misfit {}, where 1 is as large as the "
             "residual error allows).",
             name, html::number(role.misfit))});
  const auto found = role.probabilities.find(role.model);
  if (found != role.probabilities.end() && found->second < limits.probability)
    list.push_back({Weight::warning, "classes",
                    fmt::format("The selected {} class {} has a probability of only {}.", name, role.model,
                                html::number(found->second, 2))});
  if (!fitted.empty() && fitted != role.model)
    list.push_back(
        {Weight::note, "classes",
         fmt::format(
             "Stage 2 fitted {} where Stage 1 alone would select {}: the likelihood or the user decided.",
             fitted, role.model)});
}

/// Of chains that differ somewhere: whether they do in what is asked.
std::string agreement_about_doses(const Doses& doses) {
  double widest = 0;
  bool known = false;
  for (const DoseAnswer& a : doses.answers) {
    known = known || a.crossing_by_chain.size() > 1;
    widest = std::max(widest, chain_spread(a));
  }
  if (!known || widest > 0.5) return "";
  return fmt::format(" About the doses the chains agree: taken alone they differ by at most {} of a band.",
                     html::percent(widest));
}

void about_sampler(const Fit& fit, const Doses& doses, const CautionLimits& limits, List& list) {
  if (fit.parameters.empty()) return;
  const auto warn = [&](std::string text) {
    list.push_back({Weight::warning, "population", std::move(text)});
  };
  if (fit.r_hat_max > limits.r_hat)
    warn(fmt::format(
        "The chains have not converged: R-hat is {} for {} (should be at most {}). Run longer "
        "before using the "
        "doses.{}",
        html::number(fit.r_hat_max, 4), fit.r_hat_worst, limits.r_hat, agreement_about_doses(doses)));
  const double ess = std::min(fit.ess_bulk_min, fit.ess_tail_min);
  if (ess < limits.ess)
    warn(fmt::format("Too few effective draws: {} for {} (should be at least {}).", html::number(ess),
                     fit.ess_bulk_min <= fit.ess_tail_min ? fit.ess_worst : fit.ess_tail_worst, limits.ess));
  if (fit.divergences > 0)
    warn(fmt::format("{} divergent transitions: part of the posterior may be unexplored.", fit.divergences));
  for (std::size_t c = 0; c < fit.chain_info.size(); ++c)
    if (fit.chain_info[c].e_bfmi < limits.e_bfmi)
      warn(fmt::format("E-BFMI of chain {} is {} (should be above {}): the tails are explored too slowly.",
                       c + 1, html::number(fit.chain_info[c].e_bfmi), limits.e_bfmi));
  if (std::isfinite(fit.loo.elpd) && fit.loo.worst_k > limits.pareto_k)
    list.push_back({Weight::note, "fits",
                    fmt::format("The leave-one-out estimate is rough: the largest Pareto k is {} (above {}).",
                                html::number(fit.loo.worst_k), limits.pareto_k)});
}

void about_kernel(const KernelResult& kernel, List& list) {
  if (kernel.outputs.empty()) return;
  const auto silent = std::count_if(kernel.outputs.begin(), kernel.outputs.end(),
                                    [](const KernelOutput& output) { return !output.has_signal; });
  if (silent > 0)
    list.push_back(
        {Weight::note, "covariates",
         fmt::format("Covariates say nothing about {} of {} parameters; the kernel returns their mean.",
                     silent, kernel.outputs.size())});
}

void add_notes(const std::vector<std::string>& notes, const char* about, List& list) {
  for (const std::string& note : notes) list.push_back({Weight::note, about, note});
}

}  // namespace

std::string link_to(const Caution& caution) {
  static const std::map<std::string, const char*, std::less<>> names{
      {"answer", "doses"},       {"trial", "trial"},  {"classes", "Stage 1"},
      {"population", "Stage 2"}, {"fits", "Stage 2"}, {"covariates", "Stage 3"}};
  const auto name = names.find(caution.about);
  expects(name != names.end(), "a caution is about one of the report's sections");
  return fmt::format("(<a href=\"#{}\">{}</a>)", caution.about, name->second);
}

std::vector<Caution> cautions(const RunResults& results, const CautionLimits& limits) {
  List list;
  about_doses(results.doses, list);
  about_class(results.selection.pk, "PK", results.fit.pk_class, limits, list);
  about_class(results.selection.pd, "PD", results.fit.pd_class, limits, list);
  about_sampler(results.fit, results.doses, limits, list);
  about_kernel(results.kernel, list);
  add_notes(results.info.notes, "trial", list);
  add_notes(results.selection.notes, "classes", list);
  add_notes(results.fit.notes, "population", list);
  add_notes(results.kernel.notes, "covariates", list);
  add_notes(results.doses.notes, "answer", list);
  std::stable_sort(list.begin(), list.end(),
                   [](const Caution& a, const Caution& b) { return a.weight > b.weight; });
  return list;
}

}  // namespace qdose
