// Every model class as a GoogleTest type list: adding a class adds it here.
#pragma once
#include <gtest/gtest.h>

#include "qdose/pd_includes.inc"
#include "qdose/pk_includes.inc"

namespace qdose {

template <class First, class... Rest>
struct AfterFirst {
  using Types = testing::Types<Rest...>;
};

#define X(T) , T
using AllPkClasses = AfterFirst<void
#include "qdose/pk_classes.inc"
                                >::Types;
using AllPdClasses = AfterFirst<void
#include "qdose/pd_classes.inc"
                                >::Types;
#undef X

/// Test names show the class's id.
struct IdOfClass {
  template <class M>
  static std::string GetName(int) {
    return std::string(M::about.id);
  }
};

}  // namespace qdose
