#include "qdose/stage1_classify/safetensors.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "qdose/base/expects.hpp"
#include "qdose/base/files.hpp"

namespace qdose {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored as they lie in memory");

using Json = nlohmann::ordered_json;
constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // the format's own limit

Error broken(const std::string& place, std::string why) {
  return {Fault::file, "not a usable safetensors file: " + std::move(why), place,
          "write it again with `qdose train`"};
}

/// One entry of the header, checked against the size of the data that follows it.
Result<Tensor> read_tensor(const Json& entry, std::string_view data, const std::string& place,
                           const std::string& name) {
  if (!entry.is_object() || entry.value("dtype", "") != "F32")
    return broken(place, "tensor " + name + " is not F32");
  const auto shape = entry.find("shape"), offsets = entry.find("data_offsets");
  const auto is_sizes = [](const Json& j) {
    if (!j.is_array()) return false;
    for (const Json& e : j)
      if (!e.is_number_unsigned()) return false;
    return true;
  };
  if (shape == entry.end() || offsets == entry.end() || !is_sizes(*shape) || !is_sizes(*offsets) ||
      offsets->size() != 2)
    return broken(place, "tensor " + name + " lacks shape or data_offsets");
  Tensor tensor;
  std::size_t count = 1;
  for (const Json& extent : *shape) {
    tensor.shape.push_back(extent.get<std::size_t>());
    if (__builtin_mul_overflow(count, tensor.shape.back(), &count)) count = data.size() + 1;
  }
  const auto begin = (*offsets)[0].get<std::size_t>(), end = (*offsets)[1].get<std::size_t>();
  if (begin > end || end > data.size() || count > data.size() || end - begin != count * sizeof(float))
    return broken(place, "tensor " + name + " does not fit the file");
  tensor.values.resize(count);
  if (count > 0) std::memcpy(tensor.values.data(), data.data() + begin, end - begin);
  return tensor;
}

}  // namespace

std::size_t element_count(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (std::size_t extent : shape) count *= extent;
  return count;
}

std::string to_safetensors(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::size_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    expects(tensor.values.size() == element_count(tensor.shape), "as many values as the shape says");
    const std::size_t end = offset + tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((length_bytes - text.size() % length_bytes) % length_bytes, ' ');  // aligns the data
  const std::uint64_t length = text.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes += text;
  for (const auto& [name, tensor] : file.tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  return bytes;
}

Result<TensorFile> parse_safetensors(std::string_view bytes, const std::string& place) {
  if (bytes.size() < length_bytes) return broken(place, "shorter than its header");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  if (length > longest_header || length > bytes.size() - length_bytes)
    return broken(place, "its header is longer than the file");
  const std::string_view text = bytes.substr(length_bytes, length),
                         data = bytes.substr(length_bytes + length);
  const Json header = Json::parse(text, nullptr, false);
  if (!header.is_object()) return broken(place, "its header is no JSON object");
  TensorFile file;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : entry.items())
        if (value.is_string()) file.metadata[key] = value.get<std::string>();
      continue;
    }
    Result<Tensor> tensor = read_tensor(entry, data, place, name);
    if (!tensor) return tensor.errors();
    file.tensors.emplace(name, std::move(*tensor));
  }
  return file;
}

Result<Done> save_safetensors(const TensorFile& file, const std::filesystem::path& path) {
  return write_file(path, to_safetensors(file));
}

Result<TensorFile> load_safetensors(const std::filesystem::path& path) {
  const Result<std::string> bytes = read_file(path);
  if (!bytes) return bytes.errors();
  return parse_safetensors(*bytes, path.string());
}

}  // namespace qdose
