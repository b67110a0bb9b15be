#include "qdose/base/threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/random.hpp"

namespace qdose {
namespace {

TEST(ParallelFor, DoesEveryItemOnce) {
  for (const int threads : {-1, 0, 1, 2, 7, 64})
    for (const std::size_t count : {0u, 1u, 5u, 1000u}) {
      std::vector<std::atomic<int>> done(count);
      parallel_for(count, threads, [&](std::size_t i) { ++done[i]; });
      for (const auto& d : done) EXPECT_EQ(d, 1);
    }
}

TEST(ParallelFor, DrawsTheSameNumbersAtAnyThreadCount) {
  const auto draw = [](int threads) {
    std::vector<double> x(500);
    parallel_for(x.size(), threads,
                 [&](std::size_t i) { x[i] = Stream(3, Purpose::property_test, i).normal(); });
    return x;
  };
  EXPECT_EQ(draw(1), draw(4));
}

TEST(ParallelFor, SleepingItemsOverlap) {
  std::atomic<int> now = 0, most = 0;
  parallel_for(8, 4, [&](std::size_t) {
    int seen = ++now, known = most;
    while (seen > known && !most.compare_exchange_weak(known, seen)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    --now;
  });
  EXPECT_GE(most, 2);
  EXPECT_LE(most, 4);
}

TEST(AvailableThreads, IsAtLeastOne) { EXPECT_GE(available_threads(), 1); }

TEST(InterruptDeathTest, TheFirstSignalSetsAFlagTheSecondEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        watch_interrupts();
        const bool before = interrupted();
        std::raise(SIGTERM);
        std::_Exit(!before && interrupted() ? 17 : 1);
      },
      testing::ExitedWithCode(17), "");
  EXPECT_EXIT(
      {
        watch_interrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);  // as `timeout -s INT` does: the program and then its group
        std::_Exit(interrupted() ? 17 : 1);
      },
      testing::ExitedWithCode(17), "");
  EXPECT_EXIT(
      {
        watch_interrupts();
        std::raise(SIGINT);
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        std::raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace qdose
