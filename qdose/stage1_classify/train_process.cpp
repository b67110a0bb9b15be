#include "qdose/stage1_classify/train_process.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "qdose/base/files.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/stage1_classify/child_process.hpp"

namespace qdose {
namespace {

constexpr double patience_seconds = 20;  // for a checkpoint after an interrupt
constexpr std::size_t progress_units = 1000;

/// The last words of a program that failed.
std::string last_words(const std::string& text) {
  constexpr std::size_t longest = 600;
  const std::size_t end = text.find_last_not_of(" \n");
  const std::string whole = end == std::string::npos ? "" : text.substr(0, end + 1);
  return whole.size() > longest ? "..." + whole.substr(whole.size() - longest) : whole;
}

Error failure(const ChildProcess& child, const std::string& place) {
  const std::string words = last_words(child.errors());
  const Fault fault = child.status() == static_cast<int>(Fault::bad_input) ? Fault::bad_input
                      : child.status() == static_cast<int>(Fault::file)    ? Fault::file
                                                                           : Fault::numerical;
  return {
      fault,
      "training failed (status " + std::to_string(child.status()) + ")" + (words.empty() ? "" : ": " + words),
      place, ""};
}

Result<std::filesystem::path> find_program() {
  std::filesystem::path program = training_program();
  if (program.empty())
    return Error{Fault::bad_usage, "the training program qdose-train is not there", "qdose-train",
                 "install libtorch (package libtorch-dev) and build again"};
  return program;
}

/// What the trainings have said so far.
struct Share {
  double done = 0;
  std::string note;
  void read(const std::string& line) {
    const auto news = nlohmann::json::parse(line, nullptr, false);
    if (!news.is_object()) return;
    done = news.value("share", done);
    note = news.value("note", note);
  }
};

void tell(const std::vector<Share>& shares, Progress& progress) {
  double least = 1;
  std::string note;
  for (const Share& share : shares) {
    least = std::min(least, share.done);
    if (!share.note.empty()) note += (note.empty() ? "" : "; ") + share.note;
  }
  progress.update(static_cast<std::size_t>(least * progress_units), note);
}

Result<Done> follow(std::span<const TrainingRun> runs, std::vector<ChildProcess>& children,
                    Progress& progress) {
  std::vector<Share> shares(children.size());
  const auto any_running = [&] {
    return std::any_of(children.begin(), children.end(), [](const ChildProcess& c) { return c.running(); });
  };
  while (any_running()) {
    if (interrupted()) {
      for (ChildProcess& child : children) child.stop(patience_seconds);
      return Error{Fault::numerical, "interrupted", runs.front().folder.string(),
                   "run the same command again: training goes on from its checkpoint"};
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
      for (const std::string& line : children[i].lines(100)) shares[i].read(line);
      if (!children[i].running() && children[i].status() != 0)
        return failure(children[i], runs[i].folder.string());
    }
    tell(shares, progress);
  }
  return Done{};
}

}  // namespace

std::filesystem::path training_program() {
  std::error_code fault;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", fault);
  if (fault) return {};
  const std::filesystem::path program = self.parent_path() / "qdose-train";
  return std::filesystem::exists(program, fault) ? program : std::filesystem::path();
}

Result<Done> run_trainings(std::span<const TrainingRun> runs, const std::string& title, Progress& progress) {
  if (runs.empty()) return Done{};
  const Result<std::filesystem::path> program = find_program();
  if (!program) return program.errors();
  std::vector<ChildProcess> children;
  for (const TrainingRun& run : runs) {
    if (Result<Done> written = write_file(run.folder / job_file, to_json(run.job)); !written) return written;
    std::vector<std::string> arguments{"train", run.folder.string()};
    if (run.resume) arguments.emplace_back("--resume");
    Result<ChildProcess> child = ChildProcess::start(*program, arguments);
    if (!child) return child.errors();
    children.push_back(std::move(*child));
  }
  progress.begin(title, progress_units);
  Result<Done> result = follow(runs, children, progress);
  progress.end();
  return result;
}

Result<std::vector<std::string>> run_training_program(const std::vector<std::string>& arguments) {
  const Result<std::filesystem::path> program = find_program();
  if (!program) return program.errors();
  Result<ChildProcess> child = ChildProcess::start(*program, arguments);
  if (!child) return child.errors();
  std::vector<std::string> said;
  while (child->running())
    for (std::string& line : child->lines(100)) said.push_back(std::move(line));
  if (child->status() != 0) return failure(*child, program->string());
  return said;
}

}  // namespace qdose
