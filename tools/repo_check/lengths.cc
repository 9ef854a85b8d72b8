#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"
#include "tools/repo_check/checks.h"

namespace redress::repo_check {
namespace {

constexpr size_t kLineCharsMax = 100;
constexpr size_t kFunctionLinesMax = 60;
constexpr size_t kFileLinesMax = 500;
constexpr char kRatchet[] = "tools/repo_check/ratchet.txt";

// What is too long, by "file PATH" or "function PATH NAME".
using Lengths = std::map<std::string, size_t>;

size_t CountChars(const std::string& line) {
  size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

size_t IndentOf(const std::string& line) {
  const size_t indent = line.find_first_not_of(' ');
  return indent == std::string::npos ? 0 : indent;
}

bool IsComment(const std::string& line) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "//");
}

// Whether the line before a signature has come to an end, so that the signature starts after it.
bool EndsSomething(const std::string& line) {
  if (line.empty() || line[0] == '#' || IsComment(line)) return true;
  const char last = line.back();
  return last == ';' || last == '}' || last == '{' || last == ':' || last == '>';
}

// The name in a signature, such as "Verifier::Run".
std::string NameIn(const std::string& signature) {
  std::string name;
  RE2::PartialMatch(signature, "([A-Za-z_~][A-Za-z0-9_:~]*)\\(", &name);
  return name;
}

// Functions as our layout shows them: a signature that ends with an opening brace, up to the
// closing brace that stands as deep as the signature's first line.
void MeasureFunctions(const SourceFile& file, Lengths& lengths) {
  static const RE2 opening("\\)( const| noexcept| override| mutable| ->.*)* \\{$");
  for (size_t i = 0; i < file.lines.size(); ++i) {
    if (IsComment(file.lines[i]) || !RE2::PartialMatch(file.lines[i], opening)) continue;
    size_t start = i;
    while (start > 0 && !EndsSomething(file.lines[start - 1])) --start;
    const size_t indent = IndentOf(file.lines[start]);
    const std::string end = absl::StrCat(std::string(indent, ' '), "}");
    size_t last = i + 1;
    while (last < file.lines.size() && file.lines[last] != end) ++last;
    if (last - start > kFunctionLinesMax)
      lengths[absl::StrCat("function ", file.path, " ", NameIn(file.lines[start]))] = last - start;
    if (last < file.lines.size()) i = last;
  }
}

Lengths ReadRatchet(const std::vector<SourceFile>& files) {
  Lengths allowed;
  for (const SourceFile& file : files) {
    if (file.path != kRatchet) continue;
    for (const std::string& line : file.lines) {
      if (line.empty() || line[0] == '#') continue;
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(line, absl::MaxSplits(' ', 1));
      size_t length = 0;
      if (absl::SimpleAtoi(parts.first, &length)) allowed[parts.second] = length;
    }
  }
  return allowed;
}

// Comments and code are counted apart.
std::string LongLines(const std::string& line) {
  return IsComment(line) ? "comment lines over 100 columns" : "code lines over 100 columns";
}

}  // namespace

void CheckLengths(const std::vector<SourceFile>& files, Complaints& complaints) {
  Lengths found;
  for (const SourceFile& file : files) {
    if (!file.IsCpp()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i)
      if (CountChars(file.lines[i]) > kLineCharsMax) ++found[LongLines(file.lines[i])];
    if (file.lines.size() > kFileLinesMax)
      found[absl::StrCat("file ", file.path)] = file.lines.size();
    MeasureFunctions(file, found);
  }
  const Lengths allowed = ReadRatchet(files);
  for (const auto& [what, length] : found) {
    const auto it = allowed.find(what);
    const size_t most = it == allowed.end() ? 0 : it->second;
    if (length > most)
      complaints.Add(absl::StrCat(what, ": ", length, ", where ", most, " is allowed"));
  }
  for (const auto& [what, length] : allowed)
    if (!found.contains(what))
      complaints.Add(absl::StrCat(kRatchet, ": ", what, " is short by now: take it out"));
}

}  // namespace redress::repo_check
