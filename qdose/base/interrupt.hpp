// Ctrl-C and kill: long work asks whether it should stop, keeps what it has, and ends.
#pragma once

namespace qdose {

/// From now on SIGINT and SIGTERM set a flag (a second one, later than 0.3 s, ends the program at once).
void watch_interrupts();

/// True once SIGINT or SIGTERM arrived.
bool interrupted();

}  // namespace qdose
