#include "qdose/simulate/kernels.hpp"

#include <cstdlib>
#include <string>

#include "qdose/base/expects.hpp"
#include "qdose/pd_includes.inc"
#include "qdose/pk_includes.inc"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose {

#include "qdose/pd_kernel_tables.inc"
#include "qdose/pk_kernel_tables.inc"

Lanes* room(std::vector<Lanes>& memory, std::size_t size) {
  if (memory.size() < size) memory.resize(size);
  return memory.data();
}

namespace {

template <class Kernels>
struct Entry {
  std::string_view id;
  const Kernels *avx2, *avx512;
};

const Entry<pk_kernels_t> pk_entries[] = {
#include "qdose/pk_kernel_entries.inc"
};
const Entry<pd_kernels_t> pd_entries[] = {
#include "qdose/pd_kernel_entries.inc"
};

bool use_avx512() {
  static const bool yes = [] {
    const char* wish = std::getenv("QDOSE_KERNELS");
    if (wish != nullptr && std::string(wish) == "avx2") return false;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  }();
  return yes;
}

template <class Kernels, std::size_t N>
const Kernels& find(const Entry<Kernels> (&entries)[N], std::string_view id) {
  for (const auto& e : entries)
    if (e.id == id) return use_avx512() ? *e.avx512 : *e.avx2;
  expects(false, "a class of the catalogue");
  std::abort();
}

}  // namespace

const pk_kernels_t& pk_kernels(std::string_view id) { return find(pk_entries, id); }
const pd_kernels_t& pd_kernels(std::string_view id) { return find(pd_entries, id); }
std::string_view kernel_instruction_set() { return use_avx512() ? "avx512" : "avx2"; }

}  // namespace qdose
