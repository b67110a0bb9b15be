// How the training program treats freed memory.
#pragma once

namespace qdose {

/// Keeps freed memory instead of giving it back to the system: a step frees and takes hundreds of megabytes,
/// and the pages that come back fresh have to be zeroed (a quarter of the time of a step, as measured).
void keep_freed_memory();

}  // namespace qdose
