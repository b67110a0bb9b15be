// encoder.safetensors: what the header says beside the tensors, written and read.
#include <nlohmann/json.hpp>

#include "qdose/stage1_classify/encoder.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;
constexpr int layout_version = 2;  // of the features and the network: raise it when either changes

Json config_json(EncoderConfig config) {
  Json json{{"name", config.name}};
  config.visit([&](const char* key, auto& value, const char*) { json[key] = value; });
  return json;
}

EncoderConfig config_from(const Json& json) {
  EncoderConfig config;
  config.name = json.at("name").get<std::string>();
  config.visit([&](const char* key, auto& value, const char*) { json.at(key).get_to(value); });
  return config;
}

Json task_json(const EncoderTask& task) {
  Json slots = Json::array();
  for (const ParameterSlot& slot : task.slots)
    slots.push_back({{"model", slot.model},
                     {"symbol", slot.symbol},
                     {"scale", slot.scale == Scale::log ? "log" : "logit"},
                     {"mean", slot.mean},
                     {"sd", slot.sd}});
  return {{"role", task.role == Role::pk ? "pk" : "pd"},
          {"classes", task.classes},
          {"possible", task.possible},
          {"slots", slots},
          {"features", task.features},
          {"reference_levels", task.reference_levels}};
}

EncoderTask task_from(const Json& json) {
  EncoderTask task;
  task.role = json.at("role") == "pk" ? Role::pk : Role::pd;
  json.at("classes").get_to(task.classes);
  json.at("possible").get_to(task.possible);
  json.at("features").get_to(task.features);
  json.at("reference_levels").get_to(task.reference_levels);
  for (const Json& slot : json.at("slots"))
    task.slots.push_back({slot.at("model").get<std::size_t>(), slot.at("symbol").get<std::string>(),
                          slot.at("scale") == "log" ? Scale::log : Scale::logit,
                          slot.at("mean").get<double>(), slot.at("sd").get<double>()});
  return task;
}

/// The reason why header and tensors do not make an encoder, or nothing.
std::string fault_of(const Encoder& encoder) {
  const EncoderConfig& config = encoder.config;
  const EncoderTask& task = encoder.task;
  if (config.width < 1 || config.heads < 1 || config.width % config.heads != 0 || config.layers < 0 ||
      config.feed_forward < 1 || task.features < 1 || task.possible.size() != task.classes.size())
    return "its sizes contradict each other";
  for (const ParameterSlot& slot : task.slots)
    if (slot.model >= task.classes.size()) return "a parameter belongs to no class";
  for (const WeightSpec& spec : weight_specs(config, task)) {
    const auto found = encoder.weights.find(spec.name);
    if (found == encoder.weights.end()) return "weight " + spec.name + " is missing";
    if (found->second.shape != spec.shape) return "weight " + spec.name + " has another shape";
  }
  return {};
}

}  // namespace

TensorFile to_tensor_file(const Encoder& encoder) {
  const Json about{
      {"version", layout_version},
      {"config", config_json(encoder.config)},
      {"task", task_json(encoder.task)},
      {"temperatures", {{"subject", encoder.temperatures.subject}, {"trial", encoder.temperatures.trial}}},
      {"samples_seen", encoder.samples_seen},
      {"seconds", encoder.seconds}};
  return {encoder.weights, {{"format", "qdose-encoder"}, {"encoder", about.dump()}}};
}

Result<Encoder> from_tensor_file(TensorFile file, const std::string& place) {
  const auto fault = [&](std::string why) {
    return Error{Fault::file, "not a usable encoder: " + std::move(why), place, "train it again"};
  };
  const auto about = file.metadata.find("encoder");
  if (about == file.metadata.end()) return fault("its header does not describe one");
  Encoder encoder;
  try {
    const Json json = Json::parse(about->second);
    if (json.at("version") != layout_version)
      return fault("it was written by another version of the program");
    encoder.config = config_from(json.at("config"));
    encoder.task = task_from(json.at("task"));
    json.at("temperatures").at("subject").get_to(encoder.temperatures.subject);
    json.at("temperatures").at("trial").get_to(encoder.temperatures.trial);
    json.at("samples_seen").get_to(encoder.samples_seen);
    json.at("seconds").get_to(encoder.seconds);
  } catch (const Json::exception& e) {
    return fault(e.what());
  }
  encoder.weights = std::move(file.tensors);
  if (std::string why = fault_of(encoder); !why.empty()) return fault(std::move(why));
  return encoder;
}

Result<Done> save_encoder(const Encoder& encoder, const std::filesystem::path& path) {
  return save_safetensors(to_tensor_file(encoder), path);
}

Result<Encoder> load_encoder(const std::filesystem::path& path) {
  Result<TensorFile> file = load_safetensors(path);
  if (!file) return file.errors();
  return from_tensor_file(std::move(*file), path.string());
}

}  // namespace qdose
