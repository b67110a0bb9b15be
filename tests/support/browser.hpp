// A headless browser for tests of pages; tests skip themselves, with the reason, where none is installed.
#pragma once
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "qdose/base/files.hpp"

namespace qdose::testing {

/// Program to run, or nothing when none of the usual names is on the path.
inline std::optional<std::string> find_browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"})
    if (std::system(("command -v " + std::string(name) + " >/dev/null 2>&1").c_str()) == 0) return name;
  return std::nullopt;
}

/// The page as the browser has it once its scripts are done, in a window of that width; empty when the
/// browser failed.
inline std::string rendered(const std::string& browser, const std::string& page, int width) {
  std::string folder = (std::filesystem::temp_directory_path() / "qdose-browser-XXXXXX").string();
  if (!mkdtemp(folder.data())) return "";
  std::string dom;
  if (write_file(folder + "/page.html", page).ok()) {
    const std::string command =
        browser + " --headless --no-sandbox --disable-gpu --virtual-time-budget=10000 --window-size=" +
        std::to_string(width) + ",1000 --user-data-dir=" + folder + "/profile --dump-dom file://" + folder +
        "/page.html 2>/dev/null";
    if (FILE* pipe = popen(command.c_str(), "r")) {
      std::array<char, 65536> buffer;
      for (std::size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        dom.append(buffer.data(), got);
      if (pclose(pipe) != 0) dom.clear();
    }
  }
  std::error_code ignored;  // the browser may still be closing its profile
  std::filesystem::remove_all(folder, ignored);
  return dom;
}

}  // namespace qdose::testing
