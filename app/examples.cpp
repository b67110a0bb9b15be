#include "app/examples.hpp"

#include <array>

namespace qdose {
namespace {

constexpr std::array program{
    Example{"check trial.csv", "is the file sound? every fault with line, column and hint"},
    Example{"run trial.csv --out results", "the whole way; then open results/report.html"},
    Example{"run trial.csv --threshold 14 --out results", "for a biomarker that must stay below 14"},
    Example{"dose --out results --force --threshold 5", "another question to the same fit, in seconds"},
    Example{"models pk_2c_oral", "the equations and parameters of a class"},
};
constexpr std::array run{
    Example{"run trial.csv --out results", "select, fit, kernel, doses and report, with the defaults"},
    Example{"run trial.csv --out quick --no-tune", "without training the encoder on the trial's own design"},
    Example{"run trial.csv --out results --resume", "go on after an interrupt"},
    Example{"run trial.csv --pk pk_1c_oral --pd pd_indirect_inhib_kin --out named", "classes that you know"},
};
constexpr std::array check{
    Example{"check trial.csv", "what the file holds, or everything that is wrong with it"},
    Example{"check trial.csv --json", "the same for a program to read"},
};
constexpr std::array models{
    Example{"models", "the catalogue"},
    Example{"models pd_indirect_inhib_kin", "equations, units and priors of one class"},
};
constexpr std::array simulate{
    Example{"simulate trial --out virtual", "a virtual trial with known truth: trial.csv and truth.json"},
    Example{"simulate trial --pk pk_1c_iv --pd pd_direct_emax --seed 7 --out other", "of other classes"},
    Example{"simulate pk --count 1000000 --priors report --out training",
            "labelled trajectories as NumPy arrays"},
};
constexpr std::array select{
    Example{"select trial.csv --out results", "which model classes the trial follows"},
    Example{"select trial.csv --out quick --no-tune", "with the shipped encoder as it is"},
};
constexpr std::array fit{
    Example{"fit trial.csv --out results", "Stage 2 for the classes that Stage 1 selects"},
    Example{"fit trial.csv --pk pk_2c_oral --pd pd_indirect_inhib_kin --out named",
            "for classes that you name"},
    Example{"fit trial.csv --sampler nuts --chains 4 --out nuts", "with another sampler"},
};
constexpr std::array kernel{
    Example{"kernel fit --out results --force", "the quantum kernel and its baselines on the fit in results"},
    Example{"kernel evaluate --cohort report --subjects 100 --test 20 --out cohort",
            "the report's synthetic problem"},
};
constexpr std::array dose{
    Example{"dose --out results --force --threshold 5", "another threshold, from the fit in results"},
    Example{"dose --out results --force --direction above --threshold 8", "keep the biomarker above 8"},
    Example{"dose --out results --force --interval 48", "every other day as well"},
};
constexpr std::array report{
    Example{"report results --force", "the page again, from what is in the folder"},
    Example{"report results --force --figures", "and every figure as SVG, every table and figure as CSV"},
    Example{"report results --force --beside-reference",
            "the challenge's trial: beside the report that came first"},
};
constexpr std::array completion{
    Example{"completion bash > ~/.local/share/bash-completion/completions/qdose", "for bash"},
    Example{"completion zsh > ~/.zfunc/_qdose", "for zsh, with ~/.zfunc in fpath"},
    Example{"completion fish > ~/.config/fish/completions/qdose.fish", "for fish"},
};
constexpr std::array manual{
    Example{"man > qdose.1", "the manual page; read it with man ./qdose.1"},
};

constexpr std::array train{
    Example{"train pk --out encoder-pk", "an encoder for any trial's design, 10 minutes"},
    Example{"train pd --priors report --sweep --out sweep", "the report's problem, its five configurations"},
    Example{"train pk --priors trial --trial trial.csv --minutes 2 --out tuned",
            "for one trial's design and scales"},
};
constexpr std::array evaluate{
    Example{"evaluate pk --count 20000 --out scores", "the shipped encoder on fresh samples"},
    Example{"evaluate pk --priors report --bayes --out scores-report", "beside the best that is possible"},
};
constexpr std::array bench{
    Example{"bench", "how fast this machine is: one JSON line a benchmark"},
    Example{"bench gradient_1c gradient_2c", "only these"},
};

struct Entry {
  std::string_view command;
  std::span<const Example> examples;
};
constexpr std::array entries{
    Entry{"", program},          Entry{"run", run},       Entry{"check", check},
    Entry{"models", models},     Entry{"select", select}, Entry{"fit", fit},
    Entry{"kernel", kernel},     Entry{"dose", dose},     Entry{"report", report},
    Entry{"simulate", simulate}, Entry{"train", train},   Entry{"evaluate", evaluate},
    Entry{"bench", bench},       Entry{"man", manual},    Entry{"completion", completion}};

}  // namespace

std::span<const Example> examples_of(std::string_view command) {
  for (const Entry& entry : entries)
    if (entry.command == command) return entry.examples;
  return {};
}

}  // namespace qdose
