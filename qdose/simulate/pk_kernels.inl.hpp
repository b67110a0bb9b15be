// Concentrations of one PK class for eight subjects and their pull-back. Compiled once a class and
// instruction set.
#pragma once
#include "qdose/simulate/advance_path.inl.hpp"
#include "qdose/simulate/falling_path.inl.hpp"
#include "qdose/simulate/linear_path.inl.hpp"
#include "qdose/simulate/modal_path.inl.hpp"

namespace qdose::QDOSE_ISA {

template <class M>
constexpr pk_kernels_t make_pk_kernels() {
  if constexpr (HasModes<M>)
    return {M::parameters.size(), &ModalPath<M>::concentrations, &ModalPath<M>::pull_back};
  else if constexpr (HasResponse<M>)
    return {M::parameters.size(), &LinearPath<M>::concentrations, &LinearPath<M>::pull_back};
  else if constexpr (HasFall<M>)
    return {M::parameters.size(), &FallingPath<M>::concentrations, &FallingPath<M>::pull_back};
  else
    return {M::parameters.size(), &AdvancePath<M>::concentrations, &AdvancePath<M>::pull_back};
}

}  // namespace qdose::QDOSE_ISA
