#include "qdose/dosing/work_share.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "qdose/dosing/search.hpp"
#include "tests/support/dosing_population.hpp"
#include "tests/support/meeting.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;

std::vector<Doses> answers_of(int size) {
  const Fit fit = known_fit(0.3, 0.1);
  Meeting meeting(size);
  std::vector<Doses> answers(static_cast<std::size_t>(size));
  std::vector<std::thread> processes;
  for (int rank = 0; rank < size; ++rank)
    processes.emplace_back([&, rank] {
      const WorkShare share{rank, size, [&, rank](const auto& mine) { return meeting.gather(rank, mine); }};
      auto doses =
          search_doses(fit.model, {{60, 0}, {80, 1}}, {10.0 / 24, 0}, {posterior_source(fit, 40)},
                       {.replicates = 20, .most_replicates = 40, .subjects = 56, .sensitivity = false},
                       silent_progress(), {}, &share);
      ASSERT_TRUE(doses.ok());
      answers[static_cast<std::size_t>(rank)] = std::move(*doses);
    });
  for (std::thread& process : processes) process.join();
  return answers;
}

TEST(WorkShare, SameAnswersWhateverTheNumberOfProcesses) {
  const std::vector<Doses> one = answers_of(1);
  for (const Doses& doses : answers_of(3)) {
    ASSERT_EQ(doses.answers.size(), one[0].answers.size());
    for (std::size_t k = 0; k < doses.answers.size(); ++k) {
      EXPECT_EQ(doses.answers[k].crossing_dose_mg, one[0].answers[k].crossing_dose_mg);
      EXPECT_EQ(doses.answers[k].sentence, one[0].answers[k].sentence);
    }
  }
}

TEST(WorkShare, OneThatIsStoppedStopsAll) {
  std::vector<CourseDoses> found(2);
  const WorkShare share{0, 2, [](const std::vector<double>& mine) {
                          return std::vector<std::vector<double>>{mine, {1.0}};
                        }};
  EXPECT_FALSE(share_results(share, false, found));
}

}  // namespace
}  // namespace qdose
