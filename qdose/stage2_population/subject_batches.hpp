// A trial's subjects as the kernels take them: eight at a time, with both kinds of observations side by side.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// What was observed at each predicted value: `count` observations (0: none) with this `mean` and sum of
/// squared deviations `spread` from it. The likelihood of normal errors needs no more.
struct Observed {
  std::vector<Lanes> count, mean, spread;  ///< of the logarithms where the residual error is log-normal
  bool repeated = false;                   ///< some count is above 1
  /// An observation known only to lie below `limit`; not counted above.
  struct Censored {
    std::size_t value = 0, lane = 0;
    double limit = 0;
  };
  std::vector<Censored> censored;
  std::vector<Lanes> limit;  ///< of quantification by value, 0: unknown; empty when none is known
};

struct SubjectBatch {
  BatchPlan plan;
  std::vector<std::size_t> subject;  ///< index in Trial::subjects, by lane; lanes after the last are padding
  Observed pk;                       ///< by PK observation of the plan
  Observed pd;                       ///< by response of the plan
};

struct SubjectBatches {
  std::vector<SubjectBatch> batches;
  std::size_t pk_values = 0, pd_values = 0;
  std::vector<std::string> notes;  ///< what was left out and why
};

/// Which roles have a log-normal residual error, so that logarithms are observed.
struct LogScales {
  bool pk = false, pd = false;
};

/// Whether a concentration says anything of the parameters: it follows the subject's first dose, and is
/// positive or known to lie below a limit.
bool is_informative(const Subject& subject, const Observation& concentration);

/// All subjects with at least one observation. Subjects of one design share batches. Those without doses keep
/// one response, since their biomarker stays at its baseline in every class. Left out, with a note:
/// concentrations of subjects without doses or up to the first dose (predicted as 0 whatever the parameters),
/// and those that are not positive without being flagged as below a stated limit. Flagged ones are censored.
/// Without a PD class (""), responses are ignored.
SubjectBatches batch_subjects(const Trial& trial, std::string_view pk_class, std::string_view pd_class,
                              LogScales log_scales = {});

}  // namespace qdose
