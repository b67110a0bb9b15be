#include "qdose/base/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace qdose {
namespace {

/// `timeout` and mpirun signal the program and then its group: what comes so soon after is the same request.
constexpr std::int64_t same_request_ns = 300'000'000;

/// When the first request came (monotonic clock); 0: none came.
std::atomic<std::int64_t> requested_ns = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may touch lock-free atomics only");

std::int64_t now_ns() {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // one of the calls that a signal handler may make
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

extern "C" void on_signal(int number) {
  const std::int64_t now = now_ns();
  std::int64_t first = 0;
  if (requested_ns.compare_exchange_strong(first, now) || now - first < same_request_ns) return;
  // The second request: the user does not want to wait for the work to end tidily.
  std::signal(number, SIG_DFL);
  std::raise(number);
}

}  // namespace

void watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return requested_ns.load(std::memory_order_relaxed) != 0; }

}  // namespace qdose
