// Virtual trials with one real trial's design and scales: the problem that an encoder is tuned on.
#pragma once
#include <cstdint>
#include <memory>

#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// The problem "which class made a trial of this design?". Classes that the route excludes are left out;
/// parameters come from the trial-scaled priors (simulate/priors.hpp). For PD the concentrations come from a
/// random PK class. Faults: no subject has an observation of the role.
Result<std::unique_ptr<Problem>> make_trial_problem(const Trial& trial, Role role, std::uint64_t seed);

/// The subjects that the role's encoder sees: those with an observation after a dose (PK), or with a response
/// (PD).
std::vector<std::size_t> usable_subjects(const Trial& trial, Role role);

/// Without values below the limit of quantification: Stage 1 takes them as missing, in a trial as in
/// training.
Trial quantified(Trial trial);

/// The real trial as the encoder sees it.
TokenSet trial_tokens(const Trial& trial, Role role);
/// The scale of its design for this role.
DesignScale trial_scale(const Trial& trial, Role role);

}  // namespace qdose
