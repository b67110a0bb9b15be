#include "qdose/stage1_classify/train/benchmark.hpp"

#include <torch/torch.h>

#include <chrono>
#include <ctime>

#include "qdose/stage1_classify/report_problem.hpp"
#include "qdose/stage1_classify/train/memory.hpp"
#include "qdose/stage1_classify/train/network.hpp"

namespace qdose {
namespace {

constexpr int rounds = 3, steps_a_round = 2;
constexpr std::int64_t classes = 10;

double seconds_now(const Arithmetic& how) {
  if (how.cuda) torch::cuda::synchronize();
  if (how.cuda || how.threads > 1)
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Best samples a second over the rounds; the first call warms up.
template <class Work>
double best_rate(const Arithmetic& how, double samples, Work work) {
  work();
  double best = 0;
  for (int r = 0; r < rounds; ++r) {
    const double start = seconds_now(how);
    for (int i = 0; i < steps_a_round; ++i) work();
    best = std::max(best, steps_a_round * samples / (seconds_now(how) - start));
  }
  return best;
}

/// libtorch's own encoder as a user would write it: projection, encoder, mean over the tokens, class head.
struct StockImpl : torch::nn::Module {
  explicit StockImpl(const EncoderConfig& config, std::int64_t features)
      : project(register_module("project", torch::nn::Linear(features, config.width))),
        encoder(register_module("encoder",
                                torch::nn::TransformerEncoder(torch::nn::TransformerEncoderOptions(
                                    torch::nn::TransformerEncoderLayerOptions(config.width, config.heads)
                                        .dim_feedforward(config.feed_forward)
                                        .dropout(0.1),
                                    config.layers)))),
        head(register_module("head", torch::nn::Linear(config.width, classes))) {}
  torch::Tensor forward(const torch::Tensor& x) {
    return head(encoder->forward(project(x).transpose(0, 1)).mean(0));
  }
  torch::nn::Linear project;
  torch::nn::TransformerEncoder encoder;
  torch::nn::Linear head;
};

}  // namespace

TrainingSpeed training_speed(const EncoderConfig& config, const Arithmetic& how) {
  const auto problem = make_report_problem({Role::pk, true}, 1, 1);
  const LabelledTrials batch = problem->draw(Purpose::training, 0, static_cast<std::size_t>(config.batch), 1);
  TrainingSpeed speed;
  const torch::Device device = how.cuda ? torch::kCUDA : torch::kCPU;
  const auto features = static_cast<std::int64_t>(batch.tokens.features);
  at::set_num_threads(how.threads);
  StockImpl stock(config, features);
  stock.to(device);
  torch::optim::AdamW optimizer(stock.parameters(), torch::optim::AdamWOptions(config.learning_rate));
  const torch::Tensor x =
      torch::from_blob(const_cast<float*>(batch.tokens.values.data()),
                       {config.batch, static_cast<std::int64_t>(batch.tokens.tokens), features})
          .to(device);
  const std::vector<std::int64_t> labels(batch.label.begin(), batch.label.end());
  const torch::Tensor y = torch::tensor(labels, torch::kLong).to(device);
  speed.stock = best_rate(how, config.batch, [&] {
    optimizer.zero_grad();
    torch::cross_entropy_loss(stock.forward(x), y).backward();
    optimizer.step();
  });
  {
    stock.eval();
    const torch::NoGradGuard guard;
    speed.stock_inference = best_rate(how, config.batch, [&] { stock.forward(x); });
  }
  keep_freed_memory();  // what training does, and libtorch out of the box does not
  TrainingNetwork network(untrained_encoder(config, problem->task(), 1), how);
  speed.ours = best_rate(how, config.batch, [&] { network.step(batch, config.learning_rate); });
  return speed;
}

}  // namespace qdose
