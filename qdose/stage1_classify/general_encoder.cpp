#include "qdose/stage1_classify/general_encoder.hpp"

#include <algorithm>

#include "qdose/models/catalogue.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"
#include "qdose/stage1_classify/trial_units.hpp"

namespace qdose {
namespace {

/// Copies one output of the regression head, rewritten from `old_slot`'s standardisation to `new_slot`'s.
void rewrite_output(const Encoder& old, std::size_t from, const ParameterSlot& new_slot, std::size_t to,
                    Encoder& encoder) {
  const ParameterSlot& old_slot = old.task.slots[from];
  const Tensor& source = old.weights.at("parameters2.weight");
  Tensor& target = encoder.weights.at("parameters2.weight");
  const std::size_t width = source.shape[1];
  const double factor = old_slot.sd / new_slot.sd;
  for (std::size_t i = 0; i < width; ++i)
    target.values[to * width + i] = static_cast<float>(factor * source.values[from * width + i]);
  const double bias = old.weights.at("parameters2.bias").values[from];
  encoder.weights.at("parameters2.bias").values[to] =
      static_cast<float>((old_slot.mean + old_slot.sd * bias - new_slot.mean) / new_slot.sd);
}

/// How an output moves with the levels follows from its unit alone.
void write_level_slopes(const EncoderTask& task, std::size_t slot, Encoder& encoder) {
  const ParameterSlot& s = task.slots[slot];
  const ModelInfo& model = *find_model(task.classes[s.model]);
  const std::string_view unit =
      model.parameters[static_cast<std::size_t>(parameter_index(model, s.symbol))].unit;
  Tensor& slopes = encoder.weights.at("levels.weight");
  const std::size_t levels = slopes.shape[1];
  for (std::size_t l = 0; l < levels; ++l) {
    std::vector<double> one(std::max<std::size_t>(levels, 3), 0.0);
    one[l] = 1;
    slopes.values[slot * levels + l] =
        static_cast<float>(log_size(unit, trial_units(task.role, DesignScale{}, one)) / s.sd);
  }
}

/// The first layer of the regression head has never seen a level other than zero.
void forget_level_inputs(std::size_t levels, Encoder& encoder) {
  Tensor& w = encoder.weights.at("parameters1.weight");
  const std::size_t width = w.shape[1];
  for (std::size_t row = 0; row < w.shape[0]; ++row)
    std::fill_n(w.values.begin() + static_cast<std::ptrdiff_t>(row * width + width - levels), levels, 0.0f);
}

Encoder rewritten(const Encoder& old, const TrainJob& job, const EncoderTask& task) {
  Encoder encoder = untrained_encoder(job.config, task, job.seed);
  for (auto& [name, tensor] : encoder.weights)
    if (const Tensor& source = old.weights.at(name); source.shape == tensor.shape) tensor = source;
  forget_level_inputs(task.reference_levels.size(), encoder);
  for (std::size_t to = 0; to < task.slots.size(); ++to)
    for (std::size_t from = 0; from < old.task.slots.size(); ++from)
      if (old.task.slots[from].model == task.slots[to].model &&
          old.task.slots[from].symbol == task.slots[to].symbol) {
        rewrite_output(old, from, task.slots[to], to, encoder);
        write_level_slopes(task, to, encoder);
      }
  return encoder;
}

bool same_shape(const EncoderConfig& a, const EncoderConfig& b) {
  return a.width == b.width && a.heads == b.heads && a.layers == b.layers &&
         a.feed_forward == b.feed_forward && a.sinusoidal == b.sinusoidal;
}

}  // namespace

Encoder fitted_to(const Encoder& general, const Trial& trial) {
  const Role role = general.task.role;
  const TokenSet tokens = trial_tokens(trial, role);
  return in_units_of(general, trial_units(role, trial_scale(trial, role), tokens.levels), tokens.levels,
                     possible_classes(role, trial));
}

Result<Encoder> starting_encoder(const TrainJob& job, const EncoderTask& task) {
  if (job.start.empty()) return untrained_encoder(job.config, task, job.seed);
  Result<Encoder> old = load_encoder(job.start);
  if (!old) return old.errors();
  if (!same_shape(old->config, job.config) || old->task.classes != task.classes ||
      old->task.features != task.features)
    return Error{Fault::bad_usage, "an encoder of another shape cannot be the start", job.start,
                 "it was trained as " + old->config.name + ", this one is " + job.config.name};
  if (job.priors == "trial") return rewritten(fitted_to(*old, job.trial), job, task);
  return rewritten(*old, job, task);
}

}  // namespace qdose
