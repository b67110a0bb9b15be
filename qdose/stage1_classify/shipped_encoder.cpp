#include "qdose/stage1_classify/shipped_encoder.hpp"

#include <cstdlib>
#include <system_error>
#include <vector>

namespace qdose {
namespace {

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> all;
  if (const char* named = std::getenv("QDOSE_ENCODERS"); named != nullptr && *named != '\0')
    all.emplace_back(named);
  std::error_code fault;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", fault).parent_path();
  if (!fault)
    for (const char* place : {"encoders", "../data/encoders", "../share/qdose/encoders"})
      all.push_back(self / place);
  return all;
}

const char* name_of(Role role) { return role == Role::pk ? "pk" : "pd"; }

}  // namespace

std::filesystem::path shipped_encoder_file(Role role, const std::string& priors) {
  for (const std::filesystem::path& folder : folders()) {
    const std::filesystem::path file = folder / (std::string(name_of(role)) + "-" + priors + ".safetensors");
    std::error_code fault;
    if (std::filesystem::exists(file, fault)) return file.lexically_normal();
  }
  return {};
}

Result<Encoder> shipped_encoder(Role role, const std::string& priors) {
  const std::filesystem::path file = shipped_encoder_file(role, priors);
  if (file.empty())
    return Error{Fault::file,
                 std::string("no encoder for ") + name_of(role) + " and priors " + priors + " is shipped",
                 "data/encoders", "train one with qdose train and name it with --encoder FILE"};
  return load_encoder(file);
}

}  // namespace qdose
