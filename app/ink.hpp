// Colours on terminals, and only there.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>

namespace qdose {

enum class Ink { strong, fault, hint, quiet };

/// Whether `stream` is a terminal that shows colours: not with NO_COLOR set (no-color.org) or TERM=dumb.
bool has_colours(std::FILE* stream);

/// The text in that ink where the stream has colours, else the text itself.
std::string painted(std::string_view text, Ink ink, std::FILE* stream);

}  // namespace qdose
