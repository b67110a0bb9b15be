#include "qdose/stage1_classify/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr double most_log_odds = 5;

/// Classes that are one model share their probability.
double probability_of(const ClassPosterior& posterior, const std::string& model) {
  const auto& same = posterior.same_model;
  if (!same.empty() && (model == posterior.encoder_model || std::ranges::find(same, model) != same.end()))
    return posterior.joint_probability;
  const auto found = posterior.probabilities.find(model);
  return found == posterior.probabilities.end() ? 0 : found->second;
}

/// Of the class against the encoder's first, at most 0.
double encoder_log_odds(const ClassPosterior& posterior, const std::string& model) {
  const double odds = probability_of(posterior, model) / probability_of(posterior, posterior.encoder_model);
  return std::clamp(std::log(odds), -most_log_odds, 0.0);
}

const ClassFit& best_by_both(const ClassPosterior& posterior) {
  return *std::ranges::max_element(posterior.likelihood, {}, [&](const ClassFit& fit) {
    return encoder_log_odds(posterior, fit.model) - 0.5 * fit.bic;
  });
}

std::string disagreement(const ClassPosterior& posterior, const char* role) {
  const ClassFit& first = posterior.likelihood.front();
  const auto mine = std::ranges::find(posterior.likelihood, posterior.encoder_model, &ClassFit::model);
  const std::string margin =
      mine == posterior.likelihood.end() ? "" : fmt::format(" by {:.1f} in BIC", mine->bic - first.bic);
  return fmt::format(
      "{}: the encoder puts {} first (probability {:.2f}, {:.2f} for {}), the likelihood {}{}; "
      "taken together, {}.",
      role, posterior.encoder_model, probability_of(posterior, posterior.encoder_model),
      probability_of(posterior, first.model), first.model, first.model, margin, posterior.model);
}

}  // namespace

void decide_class(ClassPosterior& posterior, const std::string& wanted, const char* role,
                  std::vector<std::string>& notes) {
  posterior.encoder_model = posterior.model;
  const auto& fits = posterior.likelihood;
  if (!wanted.empty()) {
    posterior.model = wanted;
    posterior.selected_by = "user";
  } else if (fits.empty()) {
    posterior.selected_by = "encoder";
  } else if (posterior.encoder_model.empty()) {
    posterior.model = fits.front().model;
    for (const ClassFit& f : fits) posterior.probabilities[f.model] = f.probability;
    posterior.selected_by = "likelihood";
  } else if (posterior.encoder_model == fits.front().model) {
    posterior.selected_by = "both";
  } else {
    posterior.model = best_by_both(posterior).model;
    posterior.selected_by = posterior.model == posterior.encoder_model ? "encoder" : "likelihood";
    notes.push_back(disagreement(posterior, role));
  }
}

}  // namespace qdose
