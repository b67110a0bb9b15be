// qdose bench: how fast this machine is, one JSON line a benchmark.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/benchmarks/benchmark.hpp"
#include "app/command.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/base/text.hpp"

namespace qdose {
namespace {

class BenchCommand final : public Command {
 public:
  std::string_view name() const override { return "bench"; }
  std::string_view summary() const override { return "how fast this machine is, one JSON line a benchmark"; }
  int position() const override { return 130; }

  void declare(Options& options) override {
    options.words("NAME", names_, "benchmarks to run; none: all of them");
    options.app().add_flag("--list", list_, "say what each one measures instead of running it");
    options.app().footer(
        "Best of five rounds of at least 0.2 s after a warm-up. One thread is measured in processor time, "
        "several in wall time.");
  }

  Result<Done> run(Context& context) override {
    const auto chosen = choose();
    if (!chosen) return chosen.errors();
    for (const Benchmark& benchmark : *chosen) {
      if (list_) {
        fmt::print("{:24} {}\n", benchmark.name, benchmark.summary);
        continue;
      }
      if (interrupted()) break;
      const auto measured = benchmark.run(context);
      if (!measured) return measured.errors();
      nlohmann::ordered_json line = {{"name", benchmark.name},
                                     {"value", measured->value},
                                     {"unit", measured->unit},
                                     {"threads", measured->threads},
                                     {"kernels", measured->kernels}};
      fmt::print("{}\n", line.dump());
      std::fflush(stdout);
    }
    return Done{};
  }

 private:
  Result<std::vector<Benchmark>> choose() const {
    std::vector<Benchmark> all = all_benchmarks();
    if (names_.empty()) return all;
    std::vector<std::string> known;
    for (const Benchmark& b : all) known.push_back(b.name);
    std::vector<Benchmark> chosen;
    Errors errors;
    for (const std::string& name : names_) {
      const auto found = std::ranges::find(all, name, &Benchmark::name);
      if (found == all.end())
        errors.push_back({Fault::bad_usage, fmt::format("no benchmark is called {}", in_quotes(name)), "",
                          suggestion(name, known)});
      else
        chosen.push_back(*found);
    }
    if (!errors.empty()) return errors;
    return chosen;
  }

  std::vector<std::string> names_;
  bool list_ = false;
};

}  // namespace

std::unique_ptr<Command> make_bench_command() { return std::make_unique<BenchCommand>(); }

}  // namespace qdose
