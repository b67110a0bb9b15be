// Network inputs and outputs as safetensors files: how the test compares our forward pass with libtorch's.
#pragma once
#include <filesystem>

#include "qdose/stage1_classify/inference.hpp"

namespace qdose {

struct GroupedTokens {
  TokenSet tokens;
  std::size_t group = 1;
};

Result<Done> save_tokens(const GroupedTokens& input, const std::filesystem::path& path);
Result<GroupedTokens> load_tokens(const std::filesystem::path& path);
Result<Done> save_output(const EncoderOutput& output, const std::filesystem::path& path);
Result<EncoderOutput> load_output(const std::filesystem::path& path);

}  // namespace qdose
