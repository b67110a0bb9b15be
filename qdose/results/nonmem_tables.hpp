// The fit as NONMEM writes it: tables for Xpose, PsN, and whatever else reads them.
#pragma once
#include <string>

#include "qdose/results/fit.hpp"

namespace qdose {

/// Writes into `directory`:
///  - sdtab: ID TIME DVID DV PRED IPRED IRES IWRES, a row an observation; PRED from covariates only, IPRED
///  individual;
///  - patab: ID, each parameter at the individual's posterior mean (natural scale), ETA_parameter where it
///  varies;
///  - cotab: ID and the covariates.
/// Layout of $TABLE with its default format: "TABLE NO.  1", names, values as 1PE11.4. An ID that is no
/// number becomes the subject's position in the fit, from 1. Residual errors and etas are at the posterior
/// mean; without draws they are 0.
Result<Done> write_nonmem_tables(const Fit& fit, const std::string& directory);

}  // namespace qdose
