// Draws in the layout of CmdStan's CSV files, which ArviZ, posterior and bayesplot read.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

/// One chain's file: lp__ ... energy__, then the population on the natural scale (CL, omega_CL, BW_on_CL,
/// sigma_pk_prop), with all digits; settings as comments.
std::string chain_csv(const Fit& fit, std::size_t chain);

/// Adds one chain's draws, ChainInfo and traces to `fit`, whose model is set. Fault::bad_input with line and
/// column when the text is not such a file.
Result<Done> read_chain_csv(const std::string& text, const std::string& name, Fit& fit);

/// Draws of the quantities in fit.trace_names, [name][chain][draw], from fit.draws: columns of the file, and
/// kin = R0 kout.
std::vector<std::vector<std::vector<double>>> traces_of(const Fit& fit);

}  // namespace qdose
