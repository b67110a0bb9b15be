#include "qdose/base/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace qdose {
namespace {

std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch lock-free atomics only");

extern "C" void on_signal(int number) {
  if (!requested.exchange(true)) return;
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

bool interrupted() { return requested.load(std::memory_order_relaxed); }

}  // namespace qdose
