// qdose report DIR: the page again, from the results in a folder.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/page_export.hpp"
#include "app/run_folder.hpp"

namespace qdose {
namespace {

class ReportCommand final : public Command {
 public:
  std::string_view name() const override { return "report"; }
  std::string_view summary() const override { return "write report.html from the results in a folder"; }
  int position() const override { return 90; }

  void declare(Options& options) override {
    options.positional("DIR", folder_, "folder of a run");
    options.app().add_flag(
        "--figures", figures_,
        "also every figure as SVG and CSV (DIR/figures) and every table as CSV (DIR/tables); "
        "needs an installed Chromium");
    options.app().add_flag(
        "--beside-reference", beside_reference_,
        "for the challenge's trial: with the numbers of the report that analysed it first");
  }

  Result<Done> run(Context& context) override {
    Result<RunResults> results = read_run(folder_);
    if (!results) return results.errors();
    results->beside_reference = beside_reference_;
    const auto path = std::filesystem::path(folder_) / run_file::report;
    if (std::filesystem::exists(path) && !context.options().force)
      return Error{Fault::file, "exists already", path.string(), "--force overwrites it"};
    if (const auto written = write_report(*results, path.string()); !written) return written;
    std::string text = "report: " + path.string();
    nlohmann::json document = {{"report", path.string()}};
    if (figures_) {
      const auto files = export_page(path, folder_);
      if (!files) return files.errors();
      text += "\nfigures and tables: " + std::to_string(files->size()) + " files";
      for (const auto& file : *files) document["files"].push_back(file.string());
    }
    context.answer(text, document);
    return Done{};
  }

 private:
  std::string folder_;
  bool figures_ = false, beside_reference_ = false;
};

}  // namespace

std::unique_ptr<Command> make_report_command() { return std::make_unique<ReportCommand>(); }

}  // namespace qdose
