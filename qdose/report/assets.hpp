// The files of qdose/report/assets/ as text in the program (see cmake/embed_assets.cmake).
#pragma once
#include <string_view>

namespace qdose {

/// All style sheets, one after the other.
std::string_view style_sheet();

/// All scripts, in alphabetical order. They share one scope in which `plots` (name -> drawing function)
/// exists.
std::string_view script();

}  // namespace qdose
