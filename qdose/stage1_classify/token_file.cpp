#include "qdose/stage1_classify/token_file.hpp"

namespace qdose {
namespace {

template <class T>
Tensor as_floats(std::vector<std::size_t> shape, const std::vector<T>& values) {
  return {std::move(shape), std::vector<float>(values.begin(), values.end())};
}

/// The named tensors, in this order, or which one is missing or has another rank.
Result<std::vector<Tensor>> take(TensorFile file,
                                 std::initializer_list<std::pair<const char*, std::size_t>> wanted,
                                 const std::filesystem::path& path) {
  std::vector<Tensor> tensors;
  for (const auto& [name, rank] : wanted) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end() || found->second.shape.size() != rank)
      return Error{Fault::file, std::string("no usable tensor ") + name, path.string(), ""};
    tensors.push_back(std::move(found->second));
  }
  return tensors;
}

}  // namespace

Result<Done> save_tokens(const GroupedTokens& input, const std::filesystem::path& path) {
  const TokenSet& t = input.tokens;
  const std::size_t trials = t.subjects / input.group;
  TensorFile file;
  file.tensors["values"] = {{t.subjects, t.tokens, t.features}, t.values};
  file.tensors["time"] = {{t.subjects, t.tokens}, t.time};
  file.tensors["count"] = as_floats({t.subjects}, t.count);
  file.tensors["levels"] = as_floats({trials, t.levels.size() / trials}, t.levels);
  return save_safetensors(file, path);
}

Result<GroupedTokens> load_tokens(const std::filesystem::path& path) {
  Result<TensorFile> file = load_safetensors(path);
  if (!file) return file.errors();
  Result<std::vector<Tensor>> taken =
      take(std::move(*file), {{"values", 3}, {"time", 2}, {"count", 1}, {"levels", 2}}, path);
  if (!taken) return taken.errors();
  std::vector<Tensor>& t = *taken;
  GroupedTokens input;
  TokenSet& tokens = input.tokens;
  tokens.subjects = t[0].shape[0];
  tokens.tokens = t[0].shape[1];
  tokens.features = t[0].shape[2];
  tokens.values = std::move(t[0].values);
  tokens.time = std::move(t[1].values);
  tokens.count.assign(t[2].values.begin(), t[2].values.end());
  tokens.levels.assign(t[3].values.begin(), t[3].values.end());
  if (t[3].shape[0] == 0) return Error{Fault::file, "no trials", path.string(), ""};
  input.group = tokens.subjects / t[3].shape[0];
  return input;
}

Result<Done> save_output(const EncoderOutput& output, const std::filesystem::path& path) {
  const std::size_t trials = output.trial_logits.size() / output.classes;
  TensorFile file;
  file.tensors["subject_logits"] = {{output.subjects, output.classes}, output.subject_logits};
  file.tensors["parameters"] = {{output.subjects, output.slots}, output.parameters};
  file.tensors["trial_logits"] = {{trials, output.classes}, output.trial_logits};
  return save_safetensors(file, path);
}

Result<EncoderOutput> load_output(const std::filesystem::path& path) {
  Result<TensorFile> file = load_safetensors(path);
  if (!file) return file.errors();
  Result<std::vector<Tensor>> taken =
      take(std::move(*file), {{"subject_logits", 2}, {"parameters", 2}, {"trial_logits", 2}}, path);
  if (!taken) return taken.errors();
  std::vector<Tensor>& t = *taken;
  return EncoderOutput{t[0].shape[0],          t[0].shape[1],          t[1].shape[1],
                       std::move(t[0].values), std::move(t[1].values), std::move(t[2].values)};
}

}  // namespace qdose
