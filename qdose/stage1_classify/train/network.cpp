// With benchmark.cpp the only file that includes libtorch.
#include "qdose/stage1_classify/train/network.hpp"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cmath>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

using Array = torch::Tensor;
using Index = std::int64_t;

constexpr double averaging_eta = 8;

/// Switches CPU autocast to bfloat16 while it lives.
class Autocast {
 public:
  explicit Autocast(bool on) : on_(on) {
    if (!on_) return;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
#else
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
#endif
    enable(true);
  }
  ~Autocast() {
    if (!on_) return;
    at::autocast::clear_cache();
    enable(false);
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  static void enable(bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_enabled(at::kCPU, on);
#else
    at::autocast::set_cpu_enabled(on);
#endif
  }
  bool on_;
};

Array from_floats(const std::vector<float>& values, std::vector<Index> shape) {
  return torch::from_blob(const_cast<float*>(values.data()), shape, torch::kFloat);
}

std::vector<float> to_floats(const Array& t) {
  const Array dense = t.to(torch::kCPU).contiguous();
  return {dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel()};
}

std::vector<Index> shape_of(const WeightSpec& spec) { return {spec.shape.begin(), spec.shape.end()}; }

/// What goes into the network, as tensors.
struct Inputs {
  Array values;  ///< [subjects, tokens, features]
  Array time;    ///< [subjects, tokens]
  Array used;    ///< [subjects, tokens] 1 for real tokens
  Array levels;  ///< [trials, levels], relative to the task's reference
  Index group = 1;
};

Inputs to_inputs(const TokenSet& tokens, std::size_t group, const EncoderTask& task, torch::Device device) {
  const auto subjects = static_cast<Index>(tokens.subjects), n = static_cast<Index>(tokens.tokens);
  const std::size_t levels = task.reference_levels.size();
  Inputs in;
  in.group = static_cast<Index>(group);
  in.values = from_floats(tokens.values, {subjects, n, static_cast<Index>(tokens.features)}).to(device);
  in.time = from_floats(tokens.time, {subjects, n}).to(device);
  std::vector<float> relative(tokens.levels.size());
  for (std::size_t i = 0; i < relative.size(); ++i)
    relative[i] = static_cast<float>(tokens.levels[i] - task.reference_levels[i % levels]);
  in.levels = from_floats(relative, {subjects / in.group, static_cast<Index>(levels)})
                  .to(device, torch::kFloat, false, true);
  std::vector<float> used(tokens.subjects * tokens.tokens, 0.0f);
  for (std::size_t s = 0; s < tokens.subjects; ++s)
    std::fill_n(used.begin() + static_cast<std::ptrdiff_t>(s * tokens.tokens), tokens.count[s], 1.0f);
  in.used = from_floats(used, {subjects, n}).to(device, torch::kFloat, false, true);
  return in;
}

struct Outputs {
  Array subject_logits, parameters, trial_logits;
};

}  // namespace

/// All weights are views of one flat vector, and their gradients of another: the optimiser then is six
/// operations.
struct TrainingNetwork::Inside {
  EncoderConfig config;
  EncoderTask task;
  Arithmetic arithmetic;
  torch::Device device;
  Index steps = 0;
  Array flat, gradient, first_moment, second_moment, decays, average;
  std::map<std::string, Array> weight;
  Array forbidden;  ///< [classes] 0 for possible classes, -1e9 for the others
  Array possible;   ///< [classes] 1 and 0

  Inside(const Encoder& start, Arithmetic how)
      : config(start.config),
        task(start.task),
        arithmetic(how),
        device(how.cuda ? torch::kCUDA : torch::kCPU) {
    at::set_num_threads(how.cuda ? 1 : how.threads);
    const std::vector<WeightSpec> specs = weight_specs(config, task);
    Index size = 0;
    for (const WeightSpec& spec : specs) size += static_cast<Index>(element_count(spec.shape));
    for (Array* t : {&flat, &gradient, &first_moment, &second_moment, &decays})
      *t = torch::zeros({size}, device);
    Index offset = 0;
    for (const WeightSpec& spec : specs) {
      const auto count = static_cast<Index>(element_count(spec.shape));
      const Array view = flat.narrow(0, offset, count).view(shape_of(spec));
      view.copy_(from_floats(start.weights.at(spec.name).values, shape_of(spec)));
      Array leaf = view.detach().requires_grad_(true);
      leaf.mutable_grad() = gradient.narrow(0, offset, count).view(shape_of(spec));
      weight[spec.name] = leaf;
      if (spec.shape.size() > 1) decays.narrow(0, offset, count).fill_(1);
      offset += count;
    }
    average = flat.clone();
    const auto classes = static_cast<Index>(task.classes.size());
    possible = torch::zeros({classes});
    for (Index c = 0; c < classes; ++c)
      if (task.possible[static_cast<std::size_t>(c)]) possible[c] = 1;
    possible = possible.to(device);
    forbidden = (1 - possible) * impossible_logit;
  }

  const Array& w(const std::string& name) const { return weight.at(name); }
  Array linear(const std::string& name, const Array& x) const {
    return torch::linear(x, w(name + ".weight"), w(name + ".bias"));
  }
  Array norm(const std::string& name, const Array& x) const {
    return torch::layer_norm(x, {config.width}, w(name + ".weight"), w(name + ".bias"), 1e-5);
  }

  Array embed(const Inputs& in) const {
    Array x = linear("embed", in.values);
    if (!config.sinusoidal) return linear("embed2", torch::relu(x));
    const Index half = config.width / 2;
    const Array frequency =
        torch::exp(torch::arange(half, device) * (-std::log(10000.0) / static_cast<double>(half)));
    const Array angle = (in.time * 1000.0).unsqueeze(-1) * frequency;
    return x + torch::stack({torch::sin(angle), torch::cos(angle)}, -1).flatten(-2);
  }

  Array attention(const std::string& layer, const Array& x, const Array& hidden) const {
    const Index B = x.size(0), S = x.size(1), h = config.heads, head = config.width / h;
    const Array qkv = linear(layer + "qkv", x).view({B, S, 3, h, head}).permute({2, 0, 3, 1, 4});
    const Array scores =
        torch::matmul(qkv[0] * (1.0 / std::sqrt(static_cast<double>(head))), qkv[1].transpose(-1, -2)) +
        hidden;
    const Array mixed = torch::matmul(torch::softmax(scores, -1).to(qkv.scalar_type()), qkv[2]);
    return linear(layer + "out", mixed.transpose(1, 2).reshape({B, S, config.width}));
  }

  /// [subjects, 2 width]: the CLS state and the mean state of the real tokens.
  Array encode(const Inputs& in) const {
    const Index B = in.values.size(0);
    Array x = embed(in).to(torch::kFloat);
    x = torch::cat({w("cls").expand({B, 1, config.width}), x}, 1);
    const Array padding = (1 - in.used) * -1e9f;
    const Array hidden = torch::cat({torch::zeros({B, 1}, device), padding}, 1).view({B, 1, 1, -1});
    for (int i = 0; i < config.layers; ++i) {
      const std::string layer = "layer." + std::to_string(i) + ".";
      x = x + attention(layer, norm(layer + "norm1", x), hidden);
      x = x + linear(layer + "ff2", torch::relu(linear(layer + "ff1", norm(layer + "norm2", x))));
    }
    x = norm("norm", x).to(torch::kFloat);
    const Array tokens = x.slice(1, 1), count = in.used.sum(1, true).clamp_min(1);
    return torch::cat({x.select(1, 0), (tokens * in.used.unsqueeze(-1)).sum(1) / count}, 1);
  }

  /// [trials, classes] from the subjects' states [trials, group, width] and logits [trials, group, classes].
  Array pool(const Array& state, const Array& logits) const {
    const Index trials = state.size(0), group = state.size(1);
    const double log_size = std::log(static_cast<double>(group));
    const Array value = torch::relu(linear("pool.value", state)).to(torch::kFloat);
    const Array share = torch::softmax(linear("pool.score", state).to(torch::kFloat), 1);
    const Array attended = torch::matmul(share.transpose(1, 2), value).to(torch::kFloat).flatten(1);
    const Array summary =
        torch::cat({value.mean(1), attended, torch::full({trials, 1}, log_size / 3, device)}, 1);
    Array evidence = torch::log_softmax(logits, -1).mean(1);
    evidence = (evidence - evidence.amax(1, true)) * possible;
    const Array sharpness = torch::exp(w("pool.sharpness0") + w("pool.sharpness1") * log_size);
    const Array learned = linear("pool.out", torch::relu(linear("pool.hidden", summary)));
    return sharpness * evidence + learned.to(torch::kFloat);
  }

  Outputs forward(const Inputs& in) const {
    const Index subjects = in.values.size(0), trials = subjects / in.group;
    const Array state = torch::relu(linear("subject", encode(in))).to(torch::kFloat);
    Outputs out;
    const Array raw = linear("classes", state).to(torch::kFloat);
    out.subject_logits = raw * possible + forbidden;
    const Array level = in.levels.repeat_interleave(in.group, 0);
    const Array hidden = torch::relu(linear("parameters1", torch::cat({state, level}, 1)));
    out.parameters =
        linear("parameters2", hidden).to(torch::kFloat) + torch::matmul(level, w("levels.weight").t());
    const Array pooled =
        pool(state.view({trials, in.group, -1}), out.subject_logits.view({trials, in.group, -1}));
    out.trial_logits = pooled * possible + forbidden;
    return out;
  }

  /// AdamW (Loshchilov & Hutter 2019); only matrices decay.
  void update(double learning_rate) {
    constexpr double beta1 = first_moment_decay, beta2 = second_moment_decay, epsilon = 1e-8;
    const torch::NoGradGuard guard;
    ++steps;
    gradient.mul_(gradient.norm().reciprocal_().clamp_max_(1));  // stays on the device
    first_moment.lerp_(gradient, 1 - beta1);
    second_moment.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const double n = static_cast<double>(steps), scale1 = 1 - std::pow(beta1, n),
                 scale2 = 1 - std::pow(beta2, n);
    flat.addcmul_(flat, decays, -learning_rate * config.weight_decay);
    flat.addcdiv_(first_moment, (second_moment / scale2).sqrt_().add_(epsilon), -learning_rate / scale1);
    average.lerp_(flat, (averaging_eta + 1) / (n + averaging_eta));
  }

  /// What `work` finds with the averaged weights in place of the current ones.
  template <class Work>
  auto with_average(Work work) {
    const torch::NoGradGuard guard;
    const Array current = flat.clone();
    flat.copy_(average);
    auto found = work();
    flat.copy_(current);
    return found;
  }
};

bool has_fast_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

bool has_cuda() { return torch::cuda::is_available(); }

Result<Arithmetic> arithmetic_for(const std::string& device, int threads) {
  const bool there = device != "cpu" && has_cuda();
  if (device == "cuda" && !there)
    return Error{Fault::bad_usage, "libtorch finds no CUDA device", "device", "--device cpu"};
  if (there) at::globalContext().setAllowTF32CuBLAS(true);
  return Arithmetic{threads, !there && has_fast_bfloat16(), there};
}

TrainingNetwork::TrainingNetwork(const Encoder& start, Arithmetic arithmetic)
    : inside_(std::make_unique<Inside>(start, arithmetic)) {}

TrainingNetwork::~TrainingNetwork() = default;

StepLoss TrainingNetwork::step(const LabelledTrials& batch, double learning_rate) {
  Inside& net = *inside_;
  const auto subjects = static_cast<Index>(batch.tokens.subjects),
             slots = static_cast<Index>(net.task.slots.size());
  const std::vector<Index> labels(batch.label.begin(), batch.label.end());
  const Array trial_label = torch::tensor(labels, torch::kLong).to(net.device);
  const Array subject_label = trial_label.repeat_interleave(static_cast<Index>(batch.group));
  const Array target = from_floats(batch.target, {subjects, slots}).to(net.device),
              mask = from_floats(batch.mask, {subjects, slots}).to(net.device);
  const Inputs in = to_inputs(batch.tokens, batch.group, net.task, net.device);

  net.gradient.zero_();
  Array subject, trial, regression;
  {
    const Autocast autocast(net.arithmetic.bfloat16);
    const Outputs out = net.forward(in);
    subject = torch::cross_entropy_loss(out.subject_logits, subject_label);
    trial = torch::cross_entropy_loss(out.trial_logits, trial_label);
    regression = (torch::huber_loss(out.parameters, target, at::Reduction::None) * mask).sum() /
                 mask.sum().clamp_min(1);
  }
  const double trial_weight = batch.group > 1 ? net.config.trial_weight : 0.0;
  (subject + trial_weight * trial + net.config.regression_weight * regression).backward();
  net.update(learning_rate);
  const std::vector<float> loss =
      to_floats(torch::stack({subject.detach(), trial.detach(), regression.detach()}));
  return {loss[0], loss[1], loss[2]};
}

EncoderOutput TrainingNetwork::forward(const TokenSet& tokens, std::size_t group) {
  const Outputs out = inside_->with_average(
      [&] { return inside_->forward(to_inputs(tokens, group, inside_->task, inside_->device)); });
  return {tokens.subjects,
          inside_->task.classes.size(),
          inside_->task.slots.size(),
          to_floats(out.subject_logits),
          to_floats(out.parameters),
          to_floats(out.trial_logits)};
}

std::map<std::string, Tensor> TrainingNetwork::weights() const {
  return inside_->with_average([&] {
    std::map<std::string, Tensor> all;
    for (const WeightSpec& spec : weight_specs(inside_->config, inside_->task))
      all[spec.name] = {spec.shape, to_floats(inside_->w(spec.name).detach())};
    return all;
  });
}

void TrainingNetwork::set_weights(const std::map<std::string, Tensor>& weights) {
  const torch::NoGradGuard guard;
  for (const WeightSpec& spec : weight_specs(inside_->config, inside_->task))
    inside_->w(spec.name).detach().copy_(from_floats(weights.at(spec.name).values, shape_of(spec)));
  inside_->average.copy_(inside_->flat);
}

TensorFile TrainingNetwork::state() const {
  const Inside& net = *inside_;
  const std::size_t size = static_cast<std::size_t>(net.flat.numel());
  TensorFile file;
  file.tensors["weights"] = {{size}, to_floats(net.flat)};
  file.tensors["first_moment"] = {{size}, to_floats(net.first_moment)};
  file.tensors["second_moment"] = {{size}, to_floats(net.second_moment)};
  file.tensors["average"] = {{size}, to_floats(net.average)};
  file.metadata["steps"] = std::to_string(net.steps);
  return file;
}

Result<Done> TrainingNetwork::restore(const TensorFile& state) {
  Inside& net = *inside_;
  const torch::NoGradGuard guard;
  for (const auto& [name, place] :
       {std::pair{"weights", &net.flat}, std::pair{"first_moment", &net.first_moment},
        std::pair{"second_moment", &net.second_moment}, std::pair{"average", &net.average}}) {
    const auto found = state.tensors.find(name);
    if (found == state.tensors.end() || static_cast<Index>(found->second.values.size()) != place->numel())
      return Error{Fault::file, "the checkpoint belongs to another network", name,
                   "start again without --resume"};
    place->copy_(from_floats(found->second.values, {place->numel()}));
  }
  const auto steps = state.metadata.find("steps");
  if (steps == state.metadata.end())
    return Error{Fault::file, "the checkpoint lacks its step count", "steps", ""};
  net.steps = std::stoll(steps->second);
  return Done{};
}

}  // namespace qdose
