// qdose kernel fit|evaluate|circuit: Stage 3 alone.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/blas.hpp"
#include "app/command.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "qdose/base/files.hpp"
#include "qdose/stage3_covariates/evaluate_cohort.hpp"
#include "qdose/stage3_covariates/measured_fit.hpp"
#include "qdose/stage3_covariates/methods.hpp"
#include "qdose/stage3_covariates/qasm.hpp"

namespace qdose {
namespace {

/// Which circuit `qdose kernel circuit` writes, and what came back from running it.
struct CircuitSettings {
  int features = 2;
  bool entangled = true;
  std::string counts;
  double loss = 0;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("features", features, "inputs of the circuit (1-16); a fit in --out decides it");
    v("entangled", entangled, "false: without gates on two qubits");
    v("counts", counts,
      "for fit: CSV row,column,outcome,count of the overlap circuits, measured on hardware");
    v("loss", loss, "chance that the hardware loses the state in one pass through the circuit (0-0.99)");
  }
};

class KernelCommand final : public Command {
 public:
  std::string_view name() const override { return "kernel"; }
  std::string_view summary() const override {
    return "Stage 3: the quantum kernel on the fit in --out DIR, on a synthetic cohort, or as OpenQASM 3";
  }
  int position() const override { return 70; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"fit", "evaluate", "circuit"},
                   "fit: on the fit in --out; evaluate: on a synthetic cohort; circuit: write OpenQASM 3");
    options.settings("kernel", settings_);
    options.settings("evaluate", evaluation_);
    options.settings("circuit", circuit_);
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    if (what_ == "circuit")
      return {options.file(file_name(".qasm")), options.file(file_name("-overlap.qasm")),
              options.file(file_name("-angles.csv"))};
    return {options.file(run_file::kernel)};
  }

  Result<Done> run(Context& context) override {
    settings_.seed = context.seed(), settings_.threads = context.threads();
    set_blas_threads(1);  // Stage 3 spreads its own work
    if (what_ == "circuit") return write_circuit(context);
    return what_ == "fit" ? fit(context) : evaluate(context);
  }

 private:
  std::string map() const { return settings_.map == "auto" ? "zz" : settings_.map; }
  std::string file_name(const std::string& what) const {
    return fmt::format("{}-{}q{}", map(), circuit_.features, what);
  }

  Result<Done> fit(Context& context) {
    const Result<Fit> fit = load_fit(context.options().out);
    if (!fit) return fit.errors();
    Result<KernelModel> kernel = kernel_stage(*fit, settings_, context);
    if (!kernel) return kernel.errors();
    if (!circuit_.counts.empty()) {
      if (const auto done = add_measured(*kernel, *fit, settings_, circuit_.counts, circuit_.loss); !done)
        return done;
      if (const auto saved = save(kernel->result, context.file(run_file::kernel).string()); !saved)
        return saved;
    }
    return tell(kernel->result, context);
  }

  Result<Done> evaluate(Context& context) {
    const Result<KernelResult> result = evaluate_cohort(evaluation_, settings_, context.progress());
    if (!result) return result.errors();
    if (const auto saved = save(*result, context.file(run_file::kernel).string()); !saved) return saved;
    return tell(*result, context);
  }

  static Result<Done> tell(const KernelResult& result, Context& context) {
    const auto text = read_file(context.file(run_file::kernel));
    if (!text) return text.errors();
    context.answer(kernel_text(result), nlohmann::json::parse(*text));
    return Done{};
  }

  Result<Done> write_circuit(Context& context) {
    InputMatrix subjects;
    if (std::filesystem::exists(context.file("fit.json"))) {
      const Result<Fit> fit = load_fit(context.options().out);
      if (!fit) return fit.errors();
      subjects = fit_inputs(*fit);
      circuit_.features = static_cast<int>(subjects.unit.cols());
    }
    if (circuit_.features < 1 || circuit_.features > 16 || settings_.layers < 1 || settings_.layers > 64)
      return Error{Fault::bad_usage, "no such circuit", "features", "1-16 features and 1-64 layers"};
    const Result<Circuit> circuit = map_circuit(map(), circuit_.features, settings_, circuit_.entangled);
    if (!circuit) return circuit.errors();
    nlohmann::json summary = {
        {"feature_map", map()}, {"n_qubits", circuit->qubits}, {"gates", circuit->operations.size()}};
    std::string written;
    const auto write = [&](const char* what, const std::string& ending, const std::string& text) {
      const auto path = context.file(file_name(ending));
      summary[what] = path.string(), written += path.string() + "\n";
      return write_file(path, text);
    };
    if (const auto done = write("circuit", ".qasm", to_qasm(*circuit)); !done) return done;
    if (const auto done = write("overlap", "-overlap.qasm", overlap_to_qasm(*circuit)); !done) return done;
    const double bandwidth = settings_.bandwidth > 0 ? settings_.bandwidth : 0.35;
    if (subjects.rows() > 0)
      if (const auto done = write("angles", "-angles.csv", angles_csv(subjects, bandwidth)); !done)
        return done;
    context.answer(written, summary);
    return Done{};
  }

  std::string what_;
  KernelSettings settings_;
  EvaluationSettings evaluation_;
  CircuitSettings circuit_;
};

}  // namespace

std::unique_ptr<Command> make_kernel_command() { return std::make_unique<KernelCommand>(); }

}  // namespace qdose
