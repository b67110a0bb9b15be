// From what the user asks for to what the sampler does.
#pragma once
#include "qdose/base/result.hpp"
#include "qdose/stage2_population/fit_settings.hpp"
#include "qdose/stage2_population/sampler.hpp"

namespace qdose {

/// Fault::bad_usage for unknown words and values out of range.
Result<SamplerSettings> chosen_sampler(const FitSettings& settings);

/// The number of chains: as asked, else 4, or 1 for the report's sampler.
int chain_count(const FitSettings& settings);

/// What the report samples: no covariates, no correlations, what it holds constant held constant, nothing
/// left out by the data, and proportional errors unless others are asked for.
FitSettings report_model(FitSettings settings);

/// For readers: S-qihmc, nuts, ..., with the integrator where it was chosen.
std::string sampler_name(const FitSettings& settings);

}  // namespace qdose
