#include "qdose/stage1_classify/train_settings.hpp"

#include <algorithm>
#include <optional>

#include "qdose/base/text.hpp"

namespace qdose {

Result<TrainJob> train_job(const TrainSettings& settings, Role role, const Trial* trial, std::uint64_t seed,
                           int threads) {
  Errors errors;
  const auto wrong = [&](std::string message, const char* setting, std::string hint) {
    errors.push_back({Fault::bad_usage, std::move(message), setting, std::move(hint)});
  };
  const std::optional<EncoderConfig> config = find_encoder_config(settings.encoder);
  if (!config) {
    std::vector<std::string> names;
    for (const EncoderConfig& known : encoder_configs()) names.push_back(known.name);
    wrong("no encoder configuration is called " + in_quotes(settings.encoder), "encoder",
          suggestion(settings.encoder, names));
  }
  const std::vector<std::string> priors(prior_names().begin(), prior_names().end());
  if (std::find(priors.begin(), priors.end(), settings.priors) == priors.end())
    wrong("no priors are called " + in_quotes(settings.priors), "priors",
          suggestion(settings.priors, priors));
  const std::vector<std::string> devices(device_names().begin(), device_names().end());
  if (std::find(devices.begin(), devices.end(), settings.device) == devices.end())
    wrong("no device is called " + in_quotes(settings.device), "device",
          suggestion(settings.device, devices));
  if (settings.priors == "trial" && trial == nullptr)
    wrong("priors scaled to a trial need one", "trial", "--trial FILE.csv");
  if (!(settings.minutes >= 0.1 && settings.minutes <= 100000))
    wrong("out of range", "minutes", "0.1 to 100000");
  if (settings.steps < 0) wrong("out of range", "steps", "at least 0");
  if (settings.evaluations < 1 || settings.evaluations > 10000)
    wrong("out of range", "evaluations", "1 to 10000");
  if (settings.batch < 0 || settings.batch > 65536) wrong("out of range", "batch", "0 to 65536");
  if (!(settings.learning_rate >= 0 && settings.learning_rate < 1))
    wrong("out of range", "learning_rate", "0 to 1");
  if (!errors.empty()) return errors;

  TrainJob job;
  job.role = role;
  job.priors = settings.priors;
  if (trial != nullptr && settings.priors == "trial") job.trial = *trial;
  job.config = *config;
  if (settings.learning_rate > 0) job.config.learning_rate = settings.learning_rate;
  if (settings.batch > 0) job.config.batch = settings.batch;
  job.device = settings.device;
  job.seed = seed;
  job.seconds = 60 * settings.minutes;
  job.steps = settings.steps;
  job.threads = threads;
  job.evaluations = settings.evaluations;
  job.start = settings.start;
  return job;
}

}  // namespace qdose
