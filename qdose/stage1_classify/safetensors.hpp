// Network weights on disk in the safetensors layout: 8-byte header length, JSON header, raw little-endian
// tensors.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// A dense float32 array, last index fastest. `values` holds the product of `shape` numbers.
struct Tensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

/// Number of values that a shape describes (1 for a scalar's empty shape).
std::size_t element_count(const std::vector<std::size_t>& shape);

/// What one file holds: tensors by name, and texts by name (the header's `__metadata__`).
struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// The bytes of a file; tensors in the order of their names, so that equal content gives equal bytes.
std::string to_safetensors(const TensorFile& file);

/// Reads bytes written by any safetensors writer. Only F32 tensors; `place` names the source in errors.
Result<TensorFile> parse_safetensors(std::string_view bytes, const std::string& place);

Result<Done> save_safetensors(const TensorFile& file, const std::filesystem::path& path);
Result<TensorFile> load_safetensors(const std::filesystem::path& path);

}  // namespace qdose
