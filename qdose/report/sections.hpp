// The sections of the report in their order. Each is HTML with words and tables that read without a script,
// and places where scripts draw; a part that was not computed is left out with a sentence.
#pragma once
#include <string>

#include "qdose/report/report.hpp"

namespace qdose {

std::string answer_section(
    const RunResults& results);  ///< the doses in words, the table, what to keep in mind
std::string explorer_section(const RunResults& results);  ///< any population, target and dose, to play with
std::string curves_section(const RunResults& results);    ///< attainment against dose
std::string dose_details_section(
    const RunResults& results);                        ///< exposure, other assumptions, regimens and methods
std::string trial_section(const RunResults& results);  ///< the data
std::string classes_section(const RunResults& results);     ///< Stage 1
std::string encoders_part(const RunResults& results);       ///< within it: how good the encoders are
std::string population_section(const RunResults& results);  ///< Stage 2: parameters and the sampler
std::string sampler_part(const RunResults& results);        ///< within it: how well the sampler worked
std::string fits_section(const RunResults& results);        ///< Stage 2: model against data
std::string covariates_section(const RunResults& results);  ///< Stage 3
std::string reference_section(const RunResults& results);   ///< the challenge's first report beside this run
std::string methods_section(const RunResults& results);     ///< how it was done, notes, glossary

}  // namespace qdose
