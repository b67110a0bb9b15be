#include "app/encoder_scores.hpp"

#include <fmt/format.h>

#include "qdose/stage1_classify/shipped_encoder.hpp"
#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

std::vector<Evaluation> encoder_scores(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const Role role : {Role::pk, Role::pd})
    for (const char* priors : {"general", "report", "report-as-published"}) {
      const std::filesystem::path encoder = shipped_encoder_file(role, priors);
      if (!encoder.empty()) files.push_back(std::filesystem::path(encoder).replace_extension(".json"));
    }
  files.push_back(folder / "evaluation.json");
  for (const char* part : {"", "pk", "pd"})
    for (const EncoderConfig& config : report_configs())
      files.push_back(folder / part / config.name / evaluation_file);
  // The shipped sweep stands behind a sweep of the folder's own, which the report then finds first.
  for (const Role role : {Role::pk, Role::pd})
    if (const std::filesystem::path encoder = shipped_encoder_file(role, "report"); !encoder.empty())
      for (const EncoderConfig& config : report_configs())
        files.push_back(encoder.parent_path() / "sweep" /
                        fmt::format("{}-{}.json", role == Role::pk ? "pk" : "pd", config.name));
  std::vector<Evaluation> scores;
  for (const std::filesystem::path& file : files)
    if (auto read = load_evaluation(file.string())) scores.push_back(std::move(*read));
  return scores;
}

}  // namespace qdose
