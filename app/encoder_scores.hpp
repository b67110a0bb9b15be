// Tests of encoders for the report: of those that come with the program, and of trainings in the run's
// folder.
#pragma once
#include <filesystem>
#include <vector>

#include "qdose/results/evaluation.hpp"

namespace qdose {

/// The evaluations beside the shipped encoders, then those in `folder`: what `qdose evaluate` left there and,
/// in it and in its folders pk and pd, the configurations 000 to 004 (`qdose train pk --sweep --out
/// FOLDER/pk`), then the sweep that comes with the program. Files that are not there or cannot be read are
/// left out: the report shows what there is.
std::vector<Evaluation> encoder_scores(const std::filesystem::path& folder);

}  // namespace qdose
