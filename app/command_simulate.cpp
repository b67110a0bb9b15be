// qdose simulate pk|pd|trial: training trajectories as NumPy arrays, or a virtual trial with its truth.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/run_folder.hpp"
#include "app/training_set.hpp"
#include "qdose/base/files.hpp"
#include "qdose/base/text.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/data/write_trial.hpp"
#include "qdose/simulate/report_priors.hpp"
#include "qdose/simulate/trial_trajectories.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "qdose/simulate/wide_prior.hpp"

namespace qdose {
namespace {

constexpr std::uint64_t most_trajectories = 1000000000000;

class SimulateCommand final : public Command {
 public:
  std::string_view name() const override { return "simulate"; }
  std::string_view summary() const override {
    return "make training trajectories, or a virtual trial whose truth is known";
  }
  int position() const override { return 40; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"pk", "pd", "trial"}, "what to simulate");
    options.settings("simulate", settings_);
    options.settings("training_set", set_);
  }

  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    if (what_ == "trial") return {options.file("trial.csv"), options.file("truth.json")};
    std::vector<std::filesystem::path> paths;
    for (const std::string& name : training_set_files(role())) paths.push_back(options.file(name));
    return paths;
  }

  Result<Done> run(Context& context) override {
    return what_ == "trial" ? make_trial(context) : make_set(context);
  }

 private:
  Role role() const { return what_ == "pd" ? Role::pd : Role::pk; }

  Result<Done> make_trial(Context& context) {
    const auto design = design_of(settings_);
    const auto truth = truth_of(settings_);
    Errors errors;
    if (!design) errors.insert(errors.end(), design.errors().begin(), design.errors().end());
    if (!truth) errors.insert(errors.end(), truth.errors().begin(), truth.errors().end());
    if (!errors.empty()) return errors;
    const auto made = simulate_trial(*design, *truth, context.seed());
    if (!made) return made.errors();
    if (const auto saved = write_trial(made->trial, context.file("trial.csv")); !saved) return saved;
    const std::string document = truth_json(*made, *design, context.seed());
    if (const auto saved = write_file(context.file("truth.json"), document); !saved) return saved;
    context.answer(
        "trial: " + context.file("trial.csv").string() + "\ntruth: " + context.file("truth.json").string(),
        nlohmann::json::parse(document));
    return Done{};
  }

  Result<Done> make_set(Context& context) {
    if (set_.count < 1 || set_.count > most_trajectories)
      return Error{Fault::bad_usage, fmt::format("{} trajectories", set_.count), "count", "1 to 10^12"};
    const auto source = make_source(context.seed());
    if (!source) return source.errors();
    auto ranks = set_.mpi ? mpi_ranks() : Result<std::unique_ptr<Ranks>>(single_rank());
    if (!ranks) return ranks.errors();
    const TrainingSetJob job{set_.count,
                             context.seed(),
                             context.options().out,
                             context.threads(),
                             set_.priors,
                             set_.trial,
                             set_.priors != "report-as-published"};
    const Stopwatch watch;
    const auto meta = write_training_set(**source, job, **ranks, context.progress());
    if (!meta) return meta.errors();
    if (!(*ranks)->is_first()) return Done{};
    const double seconds = watch.seconds();
    context.answer(fmt::format("{} trajectories in {:.1f} s ({:.0f} a second): {}", job.count, seconds,
                               static_cast<double>(job.count) / seconds, job.folder.string()),
                   nlohmann::json::parse(*meta));
    return Done{};
  }

  Result<std::unique_ptr<TrajectorySource>> make_source(std::uint64_t seed) const {
    const std::vector<std::string> known = {"report", "report-as-published", "wide", "trial"};
    if (set_.priors == "report" || set_.priors == "report-as-published")
      return make_report_trajectories({role(), set_.priors == "report"}, seed, Purpose::training);
    if (set_.priors == "wide") return make_wide_trajectories(role(), seed, Purpose::training);
    if (set_.priors != "trial")
      return Error{Fault::bad_usage, fmt::format("no priors are called {}", in_quotes(set_.priors)), "priors",
                   suggestion(set_.priors, known)};
    if (set_.trial.empty())
      return Error{Fault::bad_usage, "the priors `trial` need a trial", "trial", "--trial FILE.csv"};
    const auto trial = read_trial(set_.trial);
    if (!trial) return trial.errors();
    return make_trial_trajectories(*trial, role(), seed, Purpose::training);
  }

  std::string what_;
  VirtualTrialSettings settings_;
  TrainingSetSettings set_;
};

}  // namespace

std::unique_ptr<Command> make_simulate_command() { return std::make_unique<SimulateCommand>(); }

}  // namespace qdose
