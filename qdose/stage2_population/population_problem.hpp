// Everything about a fit that does not change while it samples: model, priors, data in batches, layout.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "qdose/simulate/kernels.hpp"
#include "qdose/stage2_population/layout.hpp"
#include "qdose/stage2_population/residual_error.hpp"
#include "qdose/stage2_population/structure.hpp"
#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {

/// A batch with its subjects' covariates and their places in the sampled vector.
struct ProblemBatch {
  SubjectBatch data;
  std::vector<Lanes> inputs;  ///< [effect]: what multiplies beta; padding lanes repeat the first
  struct Places {
    std::ptrdiff_t v[lanes];
  };
  std::vector<Places> individual;  ///< [parameter] places in the sampled vector, or absent
};

struct PopulationProblem {
  PopulationStructure structure;
  Layout layout;
  std::vector<ProblemBatch> batches;
  const pk_kernels_t* pk = nullptr;
  const pd_kernels_t* pd = nullptr;  ///< nullptr: PK only
  std::vector<std::string> notes;
};

/// Builds the plans once, and finds by probing which parameters each subject's data depend on.
/// Fault::bad_usage for unknown classes, Fault::bad_input when no subject has a usable observation.
Result<std::shared_ptr<const PopulationProblem>> make_problem(const Trial& trial, std::string_view pk_id,
                                                              std::string_view pd_id,
                                                              const FitSettings& settings,
                                                              const StartingScales& scales);

/// The same for a structure that is given.
Result<std::shared_ptr<const PopulationProblem>> make_problem(const Trial& trial,
                                                              PopulationStructure structure);

/// Predictions of a batch and the way back. All vectors by lane.
struct BatchEvaluation {
  std::vector<Lanes> natural;                  ///< [parameter] PK then PD, natural scale; set before
  std::vector<Lanes> concentration, response;  ///< [PK points], [responses]
  std::vector<Lanes> concentration_adjoint, response_adjoint;
  std::vector<Lanes> gradient;  ///< [parameter] by the natural parameters
  Workspace workspace;

  /// Fills concentration and response from `natural`.
  void predict(const PopulationProblem& problem, const BatchPlan& plan);
  /// Fills gradient from the two adjoints (responses', and concentrations' at the PK observations), after
  /// predict.
  void pull_back(const PopulationProblem& problem, const BatchPlan& plan);
};

}  // namespace qdose
