// qdose report DIR: the page again, from the results in a folder.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/run_folder.hpp"

namespace qdose {
namespace {

class ReportCommand final : public Command {
 public:
  std::string_view name() const override { return "report"; }
  std::string_view summary() const override { return "write report.html from the results in a folder"; }
  int position() const override { return 90; }

  void declare(Options& options) override { options.positional("DIR", folder_, "folder of a run"); }

  Result<Done> run(Context& context) override {
    const Result<RunResults> results = read_run(folder_);
    if (!results) return results.errors();
    const auto path = std::filesystem::path(folder_) / run_file::report;
    if (std::filesystem::exists(path) && !context.options().force)
      return Error{Fault::file, "exists already", path.string(), "--force overwrites it"};
    if (const auto written = write_report(*results, path.string()); !written) return written;
    context.answer("report: " + path.string(), {{"report", path.string()}});
    return Done{};
  }

 private:
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> make_report_command() { return std::make_unique<ReportCommand>(); }

}  // namespace qdose
