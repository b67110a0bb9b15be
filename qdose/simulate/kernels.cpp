#include "qdose/simulate/kernels.hpp"

#include <cstdlib>
#include <string>

#include "qdose/base/expects.hpp"
#include "qdose/pd_includes.inc"
#include "qdose/pk_includes.inc"
#include "qdose/simulate/array_kernels.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/ode_kernels.hpp"

namespace qdose {

#include "qdose/pd_kernel_tables.inc"
#include "qdose/pk_kernel_tables.inc"
extern const array_kernels_t array_avx2, array_avx512;
extern const ode_kernels_t ode_avx2, ode_avx512;

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

InstructionSet chosen_set() {
  static const InstructionSet set = [] {
    const char* wish = std::getenv("QDOSE_KERNELS");
    const bool refused = wish != nullptr && std::string(wish) == "avx2";
    return has_avx512() && !refused ? InstructionSet::avx512 : InstructionSet::avx2;
  }();
  return set;
}

template <class Kernels, std::size_t N>
const Kernels& find(const Entry<Kernels> (&entries)[N], std::string_view id, InstructionSet set) {
  for (const auto& e : entries)
    if (e.id == id) return set == InstructionSet::avx512 ? *e.avx512 : *e.avx2;
  expects(false, "a class of the catalogue");
  std::abort();
}

}  // namespace

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}

const pk_kernels_t& pk_kernels(std::string_view id, InstructionSet set) { return find(pk_entries, id, set); }
const pd_kernels_t& pd_kernels(std::string_view id, InstructionSet set) { return find(pd_entries, id, set); }
const pk_kernels_t& pk_kernels(std::string_view id) { return pk_kernels(id, chosen_set()); }
const pd_kernels_t& pd_kernels(std::string_view id) { return pd_kernels(id, chosen_set()); }
const array_kernels_t& array_kernels() {
  return chosen_set() == InstructionSet::avx512 ? array_avx512 : array_avx2;
}
const ode_kernels_t& ode_kernels() { return chosen_set() == InstructionSet::avx512 ? ode_avx512 : ode_avx2; }
std::string_view kernel_instruction_set() {
  return chosen_set() == InstructionSet::avx512 ? "avx512" : "avx2";
}

}  // namespace qdose
