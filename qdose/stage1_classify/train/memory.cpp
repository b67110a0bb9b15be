#include "qdose/stage1_classify/train/memory.hpp"

#include <malloc.h>

#include <climits>

namespace qdose {

void keep_freed_memory() {
#ifdef M_MMAP_THRESHOLD
  constexpr int largest_threshold = 32 << 20;  // glibc allows no more
  mallopt(M_MMAP_THRESHOLD, largest_threshold);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 2 * largest_threshold);
#endif
}

}  // namespace qdose
