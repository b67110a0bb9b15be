// Runs the program as a user does.
#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "qdose/base/expects.hpp"
#include "qdose/base/files.hpp"

namespace qdose {

/// A folder of its own that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "qdose-test-XXXXXX").string();
    expects(mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// How a program ended: its exit status, or 128 + signal.
struct Ended {
  int status = 0;
  std::string out, err;
};

/// `qdose WORDS`, a shell command's words.
inline Ended run_qdose(const std::string& words) {
  const std::string build =
      std::filesystem::read_symlink("/proc/self/exe").parent_path();  // beside this test
  const TemporaryFolder folder;
  const std::string out = folder.path() / "out", err = folder.path() / "err";
  const int raw = std::system((build + "/qdose " + words + " >" + out + " 2>" + err).c_str());
  return {WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw), *read_file(out), *read_file(err)};
}

}  // namespace qdose
