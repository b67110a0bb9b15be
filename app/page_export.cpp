#include "app/page_export.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "qdose/base/base64.hpp"
#include "qdose/base/files.hpp"

namespace qdose {
namespace {

namespace fs = std::filesystem;

/// The first of the usual names that is on the path.
std::optional<fs::path> find_browser() {
  const char* path = std::getenv("PATH");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}) {
    std::string_view rest = path ? path : "";
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      const fs::path file = fs::path(rest.substr(0, end)) / name;
      if (access(file.c_str(), X_OK) == 0) return file;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return std::nullopt;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The page's elements once its scripts are done.
std::string rendered(const fs::path& browser, const fs::path& page, const fs::path& profile) {
  const std::string command = fmt::format(
      "{} --headless --no-sandbox --disable-gpu --virtual-time-budget=20000 --window-size=1200,1000 "
      "--user-data-dir={} --dump-dom {} 2>/dev/null",
      shell_quoted(browser.string()), shell_quoted(profile.string()),
      shell_quoted("file://" + fs::absolute(page).string() + "#export"));
  std::string text;
  if (FILE* pipe = popen(command.c_str(), "r")) {
    std::array<char, 65536> buffer;
    for (std::size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      text.append(buffer.data(), got);
    if (pclose(pipe) != 0) text.clear();
  }
  return text;
}

/// {file: text} out of the element that the page leaves for us; null when there is none.
nlohmann::json exported(const std::string& dom) {
  const std::string start = "id=\"exported\">";
  const auto at = dom.find(start);
  if (at == std::string::npos) return nullptr;
  const auto from = at + start.size(), to = dom.find("</script>", from);
  const auto bytes = from_base64(std::string_view(dom).substr(from, to - from));
  if (!bytes) return nullptr;
  return nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false);
}

}  // namespace

Result<std::vector<fs::path>> export_page(const fs::path& page, const fs::path& folder) {
  const auto browser = find_browser();
  if (!browser)
    return Error{Fault::file, "no chromium or google-chrome on the path", "",
                 "install one (Debian: chromium), or save figures one by one from the page: Values, Save"};
  std::string profile = (fs::temp_directory_path() / "qdose-browser-XXXXXX").string();
  if (!mkdtemp(profile.data())) return Error{Fault::file, "no temporary folder can be made", profile, ""};
  const nlohmann::json files = exported(rendered(*browser, page, profile));
  std::error_code ignored;  // the browser may still be closing its profile
  fs::remove_all(profile, ignored);
  if (!files.is_object())
    return Error{Fault::file, "the browser did not render the page", browser->string(), ""};
  std::vector<fs::path> written;
  for (const auto& [name, text] : files.items()) {
    const fs::path path = folder / name;
    if (const auto saved = write_file(path, text.get<std::string>()); !saved) return saved.errors();
    written.push_back(path);
  }
  return written;
}

}  // namespace qdose
