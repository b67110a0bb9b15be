#include "app/manual_page.hpp"

#include <fmt/format.h>

#include "app/examples.hpp"
#include "app/version.hpp"

namespace qdose {
namespace {

/// Text that troff shows as it is.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string flag_entry(const DeclaredFlag& flag) {
  std::string head = fmt::format("\\fB{}\\fR", plain(flag.name));
  if (!flag.value_name.empty()) head += fmt::format(" \\fI{}\\fR", plain(flag.value_name));
  if (!flag.negation.empty()) head += fmt::format(", \\fB{}\\fR", plain(flag.negation));
  std::string help = flag.help;
  if (!flag.standard.empty() && !flag.value_name.empty()) help += fmt::format(" (default {})", flag.standard);
  return fmt::format(".TP\n{}\n{}\n", head, plain(help));
}

std::string example_entries(std::string_view command) {
  std::string out;
  for (const Example& example : examples_of(command))
    out += fmt::format(".TP\n.B qdose {}\n{}\n", plain(example.words), plain(example.purpose));
  return out;
}

std::string command_entry(const DeclaredCommand& command) {
  std::string out = fmt::format(".SS qdose {}", plain(command.name));
  for (const DeclaredWord& word : command.words)
    out += word.is_required ? " " + word.name : fmt::format(" [{}]", word.name);
  out += fmt::format("\n{}.\n", plain(command.summary));
  for (const DeclaredWord& word : command.words)
    out += fmt::format(".TP\n\\fI{}\\fR\n{}\n", plain(word.name), plain(word.help));
  for (const DeclaredFlag& flag : command.flags)
    if (!flag.is_common) out += flag_entry(flag);
  return out + example_entries(command.name);
}

constexpr std::string_view introduction = R"(.SH SYNOPSIS
.B qdose
.I COMMAND
[\fIOPTIONS\fR]
.SH DESCRIPTION
qdose reads one phase\-1 trial in NONMEM's layout and answers which dose to give next: the smallest daily and the
smallest weekly dose with which a share of a population keeps a biomarker on the right side of a threshold through the
whole dosing interval at steady state. It selects the model classes, samples the population's parameters, predicts them
from covariates, searches the doses, and writes one report.
)";

constexpr std::string_view ending = R"(.SH EXIT STATUS
.TP
0
done
.TP
2
the input data are wrong
.TP
3
the configuration or the words on the command line are wrong
.TP
4
a file cannot be read or written, or a result exists already
.TP
5
the computation failed numerically
.TP
70
a mistake of the program itself
.TP
130
interrupted
.SH ENVIRONMENT
.TP
.B NO_COLOR
no colours, whatever the terminal can show
.TP
.B QDOSE_KERNELS
avx2: the smaller instruction set
)";

}  // namespace

std::string manual_page(const std::vector<DeclaredCommand>& commands) {
  std::string out = fmt::format(".TH QDOSE 1 \"\" \"qdose {}\" \"User Commands\"\n", version);
  out += ".SH NAME\nqdose \\- which dose to give next, from one phase\\-1 trial\n";
  out += introduction;
  out += ".SH EXAMPLES\n" + example_entries("");
  out += ".SH COMMANDS\n";
  for (const DeclaredCommand& command : commands) out += command_entry(command);
  out += ".SH OPTIONS OF EVERY COMMAND\n";
  if (!commands.empty())
    for (const DeclaredFlag& flag : commands.front().flags)
      if (flag.is_common) out += flag_entry(flag);
  return out + std::string(ending);
}

}  // namespace qdose
