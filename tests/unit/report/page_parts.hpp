// A look at a finished page without a browser: tags, attributes, embedded data.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace qdose::testing {

struct Tag {
  std::string name, text;  ///< name in lower case, whole tag with its brackets
  bool closing = false;
};

/// All tags of a page in order; the content of script and style elements is passed over.
inline std::vector<Tag> tags_of(std::string_view page) {
  std::vector<Tag> tags;
  for (std::size_t at = 0; (at = page.find('<', at)) != std::string_view::npos;) {
    char quote = 0;
    std::size_t end = at + 1;
    for (; end < page.size() && (quote || page[end] != '>'); ++end)
      if (quote ? page[end] == quote : page[end] == '"' || page[end] == '\'') quote = quote ? 0 : page[end];
    Tag tag;
    tag.text = std::string(page.substr(at, end + 1 - at));
    std::size_t i = 1;
    if (tag.text[i] == '/') tag.closing = true, ++i;
    while (i < tag.text.size() &&
           (std::isalnum(static_cast<unsigned char>(tag.text[i])) || tag.text[i] == '!'))
      tag.name += static_cast<char>(std::tolower(static_cast<unsigned char>(tag.text[i++])));
    at = end + 1;
    if (!tag.closing && (tag.name == "script" || tag.name == "style")) at = page.find("</" + tag.name, at);
    tags.push_back(tag);
  }
  return tags;
}

/// What keeps the page from being well formed: the first tag that closes nothing or the elements left open.
inline std::string nesting_fault(std::string_view page) {
  static const std::set<std::string> empty{"!doctype", "meta", "br", "hr", "input", "link", "img"};
  std::vector<std::string> open;
  for (const Tag& tag : tags_of(page)) {
    if (empty.contains(tag.name)) continue;
    if (!tag.closing) {
      open.push_back(tag.name);
    } else if (open.empty() || open.back() != tag.name) {
      return tag.text + " closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is never closed";
}

/// Value of an attribute in the text of a tag; empty when it has none.
inline std::string attribute(const Tag& tag, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const auto at = tag.text.find(start);
  if (at == std::string::npos) return "";
  return tag.text.substr(at + start.size(), tag.text.find('"', at + start.size()) - at - start.size());
}

/// The document that the scripts draw.
inline nlohmann::json embedded_data(const std::string& page) {
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const auto at = page.find(start) + start.size();
  return nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
}

inline std::set<std::string> section_ids(const std::string& page) {
  std::set<std::string> ids;
  for (const Tag& tag : tags_of(page))
    if (tag.name == "section" && !tag.closing) ids.insert(attribute(tag, "id"));
  return ids;
}

inline std::set<std::string> plot_names(const std::string& page) {
  std::set<std::string> names;
  for (const Tag& tag : tags_of(page))
    if (tag.name == "figure" && !tag.closing) names.insert(attribute(tag, "data-plot"));
  return names;
}

}  // namespace qdose::testing
