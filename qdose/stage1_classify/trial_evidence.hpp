// The Bayes classifier for one subject under priors that are scaled to a trial.
#pragma once
#include <memory>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/models/definition.hpp"
#include "qdose/stage1_classify/evidence.hpp"

namespace qdose {

/// Posterior over the classes of a role for single subjects of a trial's design. A subject's prior is the
/// mixture of the populations it could come from, represented by 2000 draws of them.
class TrialBayes {
 public:
  /// `design` gives the scales and which classes are possible.
  TrialBayes(const Trial& design, Role role, std::uint64_t seed);
  ~TrialBayes();

  /// [classes] summing to 1; impossible classes 0. PK: from the concentrations. PD: from the responses, the
  /// true concentrations averaged over what the observed ones say of all PK classes. A subject without doses
  /// says nothing of its class.
  std::vector<double> posterior(const Subject& subject, Stream stream) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace qdose
