// A trial's subjects as the report shows them to its encoders: values on its grids of times.
#pragma once
#include "qdose/data/trial.hpp"
#include "qdose/simulate/report_priors.hpp"

namespace qdose {

/// Subjects with doses and concentrations (PK) or with responses (PD) on report_times(role), in the trial's
/// own units: values linear between samples, the first and last one beyond them, concentrations 0 where there
/// are none and up to the first dose. A dose at no time of the PK grid is left out, as in the report's
/// simulator. Labels are -1: nobody knows them.
ReportTrajectories on_report_grid(const Trial& trial, Role role);

}  // namespace qdose
