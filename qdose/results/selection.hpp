// What Stage 1 says of a trial: which PK and PD class, how sure, and where the parameters lie.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/results/comparison.hpp"

namespace qdose {

struct SubjectSelection {
  std::string id;
  std::string model;                            ///< the most probable class
  std::map<std::string, double> probabilities;  ///< by class id; they sum to 1
  std::map<std::string, double> parameters;  ///< estimate, natural scale, of the class that the trial follows
};

struct ParameterRange {
  double p5 = 0, p50 = 0, p95 = 0;
};

/// Posterior of one role (PK or PD).
struct ClassPosterior {
  std::string model;                            ///< the class selected for the trial
  std::map<std::string, double> probabilities;  ///< trial level
  std::string encoder;                          ///< "tuned" to the trial or "general"
  std::vector<std::string>
      same_model;                ///< other ids with the same equations that the trial may follow as well
  double joint_probability = 0;  ///< of the encoder's class and these together
  std::vector<SubjectSelection> subjects;
  std::map<std::string, ParameterRange> parameter_ranges;  ///< over subjects
  bool in_catalogue = true;                                ///< false: no class explains the data
  double misfit = 0;  ///< predictive misfit of the best class, 1 = as large as the residual error allows
  std::string encoder_model;         ///< the class the encoder puts first; `model` may differ from it
  std::string selected_by;           ///< "both", "likelihood", "encoder" or "user"
  std::vector<ClassFit> likelihood;  ///< population fits of the classes, best first; empty when not compared
};

struct Selection {
  std::string trial;
  ClassPosterior pk, pd;
  double tuning_seconds = 0;
  bool from_cache = false;
  std::vector<std::string> notes;  ///< warnings, in words
};

Result<Done> save(const Selection& selection, const std::string& path);
Result<Selection> load_selection(const std::string& path);

}  // namespace qdose
