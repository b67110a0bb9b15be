// qdose-train: trains encoders for `qdose`, which starts it. Usage:
//   qdose-train train FOLDER [--resume]    trains what FOLDER/job.json asks for
//   qdose-train bench CONFIG THREADS       samples/s of a configuration, and of libtorch's own encoder, as
//   JSON qdose-train forward ENCODER TOKENS OUT writes libtorch's outputs for a test of our own forward pass
// News go to standard output, one JSON line each: {"share": 0.4, "note": "..."}; faults to standard error.
#include <sys/prctl.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "qdose/base/files.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/stage1_classify/token_file.hpp"
#include "qdose/stage1_classify/train/benchmark.hpp"
#include "qdose/stage1_classify/train/memory.hpp"
#include "qdose/stage1_classify/train/network.hpp"
#include "qdose/stage1_classify/train/trainer.hpp"

namespace {

using namespace qdose;

void tell(double share, const std::string& note) {
  const std::string line = nlohmann::json{{"share", share}, {"note", note}}.dump();
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

Result<Done> train_in(const std::filesystem::path& folder, bool resume) {
  const Result<std::string> text = read_file(folder / job_file);
  if (!text) return text.errors();
  const Result<TrainJob> job = parse_train_job(*text, (folder / job_file).string());
  if (!job) return job.errors();
  return train(*job, folder, resume, tell);
}

Result<Done> forward(const char* encoder_path, const char* tokens_path, const char* out_path) {
  const Result<Encoder> encoder = load_encoder(encoder_path);
  if (!encoder) return encoder.errors();
  const Result<GroupedTokens> input = load_tokens(tokens_path);
  if (!input) return input.errors();
  TrainingNetwork network(*encoder, {});
  return save_output(network.forward(input->tokens, input->group), out_path);
}

Result<Done> bench(const char* name, int threads) {
  const auto config = find_encoder_config(name);
  if (!config)
    return Error{Fault::bad_usage, std::string("no encoder configuration is called ") + name, "", ""};
  const Result<Arithmetic> cpu = arithmetic_for("cpu", threads);
  const TrainingSpeed speed = training_speed(*config, *cpu);
  nlohmann::json json{{"ours", speed.ours},
                      {"stock", speed.stock},
                      {"stock_inference", speed.stock_inference},
                      {"bfloat16", cpu->bfloat16},
                      {"threads", threads}};
  if (const Result<Arithmetic> cuda = arithmetic_for("cuda", threads)) {
    const TrainingSpeed on_cuda = training_speed(*config, *cuda);
    json["cuda"] = {
        {"ours", on_cuda.ours}, {"stock", on_cuda.stock}, {"stock_inference", on_cuda.stock_inference}};
  }
  std::printf("%s\n", json.dump().c_str());
  return Done{};
}

int report(const Result<Done>& result) {
  if (result) return 0;
  std::fprintf(stderr, "%s\n", describe(result.errors()).c_str());
  return exit_status(result.errors());
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);  // ends with the qdose that started it
  watch_interrupts();
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "train" && argc >= 3) {
    keep_freed_memory();
    return report(train_in(argv[2], argc > 3 && std::string_view(argv[3]) == "--resume"));
  }
  if (command == "bench" && argc == 4) return report(bench(argv[2], std::max(1, std::atoi(argv[3]))));
  if (command == "forward" && argc == 5) return report(forward(argv[2], argv[3], argv[4]));
  std::fprintf(
      stderr,
      "usage: qdose-train train FOLDER [--resume] | bench CONFIG THREADS | forward ENCODER TOKENS OUT\n");
  return exit_status({{Fault::bad_usage, "", "", ""}});
}
