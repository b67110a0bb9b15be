// Simulation-based calibration of a fitted model (Talts et al. 2018): truths from the prior, data from the
// truths, refits, ranks.
#pragma once
#include <cstdint>
#include <memory>

#include "qdose/base/progress.hpp"
#include "qdose/base/work_share.hpp"
#include "qdose/results/calibration.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/population_problem.hpp"
#include "qdose/stage2_population/sampler.hpp"

namespace qdose {

/// Priors for calibration: normal around the fit's posterior means, twice as wide as the posterior (at least
/// 0.02, at most the model's own prior). Calibration holds for any prior; the model's own ones draw trials
/// that no laboratory could measure.
PopulationPriors calibration_priors(const PopulationPriors& priors, const Fit& fit);

/// Values of the problem's subjects simulated from a truth drawn from its priors; returns the truth's head
/// (population values in the order of the layout). Lanes without a value stay so.
std::vector<double> simulate_into(PopulationProblem& problem, Stream& random);

/// Ranks over `refits` simulated copies of `problem` (items spread over threads). Two chains a refit; draws
/// thinned by five. With `share` refits are shared among processes. Fault::numerical when interrupted or when
/// more than a tenth of the refits fail.
Result<Calibration> calibrate(std::shared_ptr<const PopulationProblem> problem, const Trial& trial,
                              const SamplerSettings& sampler, int refits, bool plant_error,
                              std::uint64_t seed, Progress& progress, const WorkShare* share = nullptr);

/// Upper tail of the chi-square distribution with `degrees` of freedom.
double chi_square_tail(double statistic, int degrees);

}  // namespace qdose
