// The encoders that come with the program.
#pragma once
#include <filesystem>
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/stage1_classify/encoder.hpp"

namespace qdose {

/// data/encoders/ROLE-PRIORS.safetensors, in the folder QDOSE_ENCODERS or beside the program (or the folder
/// it was built in). Empty when there is none.
std::filesystem::path shipped_encoder_file(Role role, const std::string& priors);

/// The encoder in that file. Fault::file when none is shipped for these priors.
Result<Encoder> shipped_encoder(Role role, const std::string& priors);

}  // namespace qdose
