// Writes a trial in the layout in which it is read.
#pragma once
#include <filesystem>
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"

namespace qdose {

/// Columns ID, the covariates, DOSE, TIME, DV, EVID, MDV, AMT, RATE (if there are infusions), II and SS (if
/// some dose is at steady state), BLQ and LLOQ
/// (if limits of quantification are known), CMT (if the route is known), DVID. At one time doses come before
/// concentrations and these before biomarker values. Numbers are written with the digits that give them back
/// exactly; a duration comes back from AMT / RATE to one rounding.
std::string trial_text(const Trial& trial);

/// The same as a file; fault: the file cannot be written.
Result<Done> write_trial(const Trial& trial, const std::filesystem::path& path);

}  // namespace qdose
