#include "app/completion.hpp"

#include <fmt/format.h>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

std::vector<std::string> flag_names(const DeclaredCommand& command) {
  std::vector<std::string> names;
  for (const DeclaredFlag& flag : command.flags) {
    names.push_back(flag.name);
    if (!flag.negation.empty()) names.push_back(flag.negation);
  }
  return names;
}

std::vector<std::string> words_of(const DeclaredCommand& command) {
  std::vector<std::string> words;
  for (const DeclaredWord& word : command.words)
    words.insert(words.end(), word.allowed.begin(), word.allowed.end());
  return words;
}

/// Text inside single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

std::string bash(const std::vector<DeclaredCommand>& commands) {
  std::string names, cases;
  for (const DeclaredCommand& command : commands) {
    names += (names.empty() ? "" : " ") + command.name;
    cases += fmt::format("    {}) flags='{}'; words='{}' ;;\n", command.name,
                         fmt::join(flag_names(command), " "), fmt::join(words_of(command), " "));
  }
  return fmt::format(R"(# Completion of qdose for bash.
_qdose() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} flags='' words=''
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '{0} --help --version' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{1}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _qdose qdose
)",
                     names, cases);
}

/// A description where colons and brackets mean something to zsh.
std::string for_zsh(const std::string& text) {
  std::string out;
  for (const char c : quoted(text)) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh(const std::vector<DeclaredCommand>& commands) {
  std::string names, cases;
  for (const DeclaredCommand& command : commands) {
    names += fmt::format("    '{}:{}'\n", command.name, for_zsh(command.summary));
    cases += fmt::format("    {}) _arguments \\\n", command.name);
    for (const DeclaredFlag& flag : command.flags) {
      cases += fmt::format("      '{}[{}]{}' \\\n", flag.name, for_zsh(flag.help),
                           flag.value_name.empty() ? "" : ":value:_files");
      if (!flag.negation.empty())
        cases += fmt::format("      '{}[not\\: {}]' \\\n", flag.negation, for_zsh(flag.help));
    }
    const auto words = words_of(command);
    cases += words.empty() ? "      '*:file:_files' ;;\n"
                           : fmt::format("      '1:what:({})' '*:file:_files' ;;\n", fmt::join(words, " "));
  }
  return fmt::format(R"(#compdef qdose
# Completion of qdose for zsh.
local -a commands=(
{0})
if (( CURRENT == 2 )); then
  _describe 'command' commands
else
  shift words
  (( CURRENT-- ))
  case $words[1] in
{1}  esac
fi
)",
                     names, cases);
}

std::string fish(const std::vector<DeclaredCommand>& commands) {
  std::string out = "# Completion of qdose for fish.\n";
  for (const DeclaredCommand& command : commands) {
    out += fmt::format("complete -c qdose -n __fish_use_subcommand -f -a {} -d '{}'\n", command.name,
                       quoted(command.summary));
    const std::string when = fmt::format("-n '__fish_seen_subcommand_from {}'", command.name);
    for (const DeclaredFlag& flag : command.flags) {
      out += fmt::format("complete -c qdose {} -l {}{} -d '{}'\n", when, flag.name.substr(2),
                         flag.value_name.empty() ? "" : " -r", quoted(flag.help));
      if (!flag.negation.empty())
        out += fmt::format("complete -c qdose {} -l {} -d 'not: {}'\n", when, flag.negation.substr(2),
                           quoted(flag.help));
    }
    if (const auto words = words_of(command); !words.empty())
      out += fmt::format("complete -c qdose {} -f -a '{}'\n", when, fmt::join(words, " "));
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<DeclaredCommand>& commands) {
  expects(shell == "bash" || shell == "zsh" || shell == "fish", "a shell that is known");
  return shell == "bash" ? bash(commands) : shell == "zsh" ? zsh(commands) : fish(commands);
}

}  // namespace qdose
