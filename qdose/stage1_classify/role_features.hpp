// The two kinds of tokens; features.hpp is their entrance.
#pragma once
#include <span>

#include "qdose/stage1_classify/features.hpp"

namespace qdose::features {

inline constexpr std::size_t pk_features = 20, pd_features = 24;

/// Fill `set.values`, `time`, `count` and `levels` of zeroed memory.
void write_pk(std::span<const Subject> subjects, Route route, const DesignScale& scale, TokenSet& set);
void write_pd(std::span<const Subject> subjects, const DesignScale& scale, TokenSet& set);

}  // namespace qdose::features
