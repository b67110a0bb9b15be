// Stage 1: training and inference of the report's configuration 004, next to libtorch's own encoder out of
// the box.
#include <nlohmann/json.hpp>

#include "app/benchmarks/benchmark.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/report_problem.hpp"
#include "qdose/stage1_classify/train_process.hpp"

namespace qdose {
namespace {

constexpr const char* config_name = "004";

/// What the training program says of its speed; it times in processor time on one thread, else in wall time.
Result<Measurement> of_training_program(const Context& context, const char* what) {
  const auto said = run_training_program({"bench", config_name, std::to_string(context.threads())});
  if (!said) return said.errors();
  const auto speed = nlohmann::json::parse(said->empty() ? "" : said->back(), nullptr, false);
  if (!speed.contains(what))
    return Error{Fault::numerical, "the training program says nothing of its speed", what, ""};
  const bool ours = std::string_view(what) == "ours";
  const std::string kernels =
      ours && speed.value("bfloat16", false) ? "libtorch bfloat16" : "libtorch float32";
  return Measurement{speed.at(what).get<double>(), "samples/s", context.threads(), kernels};
}

Result<Measurement> inference(const Context& context) {
  constexpr std::size_t samples = 64;
  const auto problem = make_report_problem({Role::pk, true}, 1, context.seed());
  const LabelledTrials batch = problem->draw(Purpose::test, 0, samples, 1);
  const Encoder encoder = untrained_encoder(*find_encoder_config(config_name), problem->task(), 1);
  const auto work = [&] {
    keep(run_encoder(encoder, batch.tokens, 1, context.threads()).subject_logits[0]);
    return static_cast<double>(samples);
  };
  const double rate = best_rate(work, context.threads() > 1 ? Clock::wall : Clock::thread);
  return Measurement{rate, "samples/s", context.threads(), "own float32"};
}

}  // namespace

std::vector<Benchmark> encoder_benchmarks() {
  return {{"train_004", "training of the report's encoder 004, 39 tokens a sample",
           [](const Context& c) { return of_training_program(c, "ours"); }},
          {"train_004_stock", "the same sizes with torch::nn::TransformerEncoder and torch's AdamW",
           [](const Context& c) { return of_training_program(c, "stock"); }},
          {"infer_004", "forward pass of encoder 004 in this program", inference},
          {"infer_004_stock", "forward pass of torch::nn::TransformerEncoder",
           [](const Context& c) { return of_training_program(c, "stock_inference"); }}};
}

}  // namespace qdose
