// Independent items spread over threads; results must not depend on how.
#pragma once
#include <cstddef>
#include <functional>

namespace qdose {

/// Calls body(i) once for every i < count on up to `threads` threads (at least one). Body must not throw.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

/// Processors this process may use.
int available_threads();

}  // namespace qdose
