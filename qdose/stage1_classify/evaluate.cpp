#include "qdose/stage1_classify/evaluate.hpp"

#include <algorithm>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage1_classify/scoring.hpp"

namespace qdose {
namespace {

constexpr std::size_t subjects_at_once = 256;

/// For each slot of the problem, the encoder's slot of the same parameter (or none).
std::vector<std::ptrdiff_t> matching_slots(const EncoderTask& encoder, const EncoderTask& problem) {
  std::vector<std::ptrdiff_t> match;
  for (const ParameterSlot& wanted : problem.slots) {
    const auto found = std::find_if(encoder.slots.begin(), encoder.slots.end(), [&](const ParameterSlot& s) {
      return s.model == wanted.model && s.symbol == wanted.symbol;
    });
    match.push_back(found == encoder.slots.end() ? -1 : found - encoder.slots.begin());
  }
  return match;
}

/// The encoder's output as one for the problem's slots; a parameter that it does not know counts as its mean.
void rewrite_parameters(const EncoderTask& encoder, const EncoderTask& problem,
                        const std::vector<std::ptrdiff_t>& match, EncoderOutput& output) {
  std::vector<float> rewritten(output.subjects * match.size(), 0.0f);
  for (std::size_t s = 0; s < output.subjects; ++s)
    for (std::size_t k = 0; k < match.size(); ++k) {
      if (match[k] < 0) continue;
      const ParameterSlot &from = encoder.slots[static_cast<std::size_t>(match[k])], &to = problem.slots[k];
      const double x =
          from.mean + from.sd * output.parameters[s * output.slots + static_cast<std::size_t>(match[k])];
      rewritten[s * match.size() + k] = static_cast<float>((x - to.mean) / to.sd);
    }
  output.parameters = std::move(rewritten);
  output.slots = match.size();
}

}  // namespace

Result<Evaluation> evaluate_encoder(const Encoder& encoder, const Problem& problem,
                                    const EvaluationRequest& request) {
  const EncoderTask& task = problem.task();
  if (encoder.task.role != task.role || encoder.task.classes != task.classes ||
      encoder.task.features != task.features)
    return Error{Fault::bad_usage, "the encoder was trained for another kind of problem", encoder.config.name,
                 "role, classes and features must be the same"};
  const std::size_t group = problem.full_group();
  const std::size_t trials = std::max<std::size_t>(1, (request.subjects + group - 1) / group);
  const std::size_t at_once = std::max<std::size_t>(1, subjects_at_once / group);
  const auto match = matching_slots(encoder.task, task);
  const std::size_t batches = (trials + at_once - 1) / at_once;
  const std::size_t wave = static_cast<std::size_t>(std::max(1, request.threads)) * 4;
  Scorer scorer(task);
  for (std::size_t first = 0; first < batches && !interrupted(); first += wave) {
    const std::size_t count = std::min(wave, batches - first);
    std::vector<LabelledTrials> drawn(count);
    std::vector<EncoderOutput> outputs(count);
    parallel_for(count, request.threads, [&](std::size_t i) {
      const std::size_t start = (first + i) * at_once;
      drawn[i] =
          problem.draw(Purpose::test, request.first_item + start, std::min(at_once, trials - start), group);
      outputs[i] = run_encoder(encoder, drawn[i].tokens, group, 1);
      rewrite_parameters(encoder.task, task, match, outputs[i]);
    });
    for (std::size_t i = 0; i < count; ++i) scorer.add(drawn[i], outputs[i]);
    if (request.progress) request.progress(static_cast<double>(first + count) / static_cast<double>(batches));
  }
  if (interrupted()) return Error{Fault::numerical, "interrupted", "evaluate", ""};
  Evaluation evaluation = scorer.result(encoder.temperatures);
  evaluation.encoder = encoder.config.name;
  evaluation.samples_seen = encoder.samples_seen;
  evaluation.seconds = encoder.seconds;
  return evaluation;
}

}  // namespace qdose
