// From a trained encoder and the real trial to one role's answer.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/results/selection.hpp"
#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/misfit.hpp"

namespace qdose {

/// Class probabilities of the trial and of its usable subjects, with the parameters that the regression head
/// gives for the class that the trial follows. in_catalogue and misfit are left for check_fit().
ClassPosterior class_posterior(const Encoder& encoder, const Trial& trial, int threads);

/// The PK class that explains the trial best, fitted to each subject, kept for the PD role: what
/// concentrations drive its responses.
struct ExposureModel {
  std::string pk_class;
  std::vector<std::vector<double>> parameters;  ///< unbounded, by subject of the trial
};

/// Fills in_catalogue and misfit of a posterior: of the selected class, or, when it does not explain the
/// data, the smallest of the next three in probability (an encoder that names the wrong class must not look
/// like a trial that no class explains). For PD the exposures come from `exposure`; PK writes it.
void check_fit(const Encoder& encoder, const Trial& trial, std::uint64_t seed, int threads,
               ExposureModel& exposure, ClassPosterior& posterior);

}  // namespace qdose
