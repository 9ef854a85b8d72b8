#include "engine/playbook/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/source.h"

namespace redress::engine {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Builds the tree from the parser's events. The first thing refused is reported, and all later
// events are ignored.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(absl::string_view source, cel::IssueList& issues)
      : source_(source), issues_(issues) {}

  bool is_refused() const { return is_refused_; }
  std::vector<YamlNode> Take() && { return std::move(nodes_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Add(mark, YamlKind::kNothing); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases are not allowed in a playbook");
  }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    Refuse(mark, "anchors are not allowed in a playbook");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    if (!AllowsTag(mark, tag)) return;
    const std::optional<YamlId> id = Add(mark, YamlKind::kScalar);
    if (!id.has_value()) return;
    nodes_[*id].text = value;
    nodes_[*id].is_plain = tag != "!";
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    if (AllowsTag(mark, tag)) Open(mark, YamlKind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    if (AllowsTag(mark, tag)) Open(mark, YamlKind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  uint32_t Offset(const YAML::Mark& mark) const {
    return static_cast<uint32_t>(std::clamp<int64_t>(mark.pos, 0, source_.size()));
  }

  void Refuse(const YAML::Mark& mark, std::string message) {
    if (!is_refused_) issues_.Add(Offset(mark), std::move(message));
    is_refused_ = true;
  }

  // The parser gives "?" to what is plain and "!" to what is quoted.
  bool AllowsTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return true;
    Refuse(mark, "tags are not allowed in a playbook");
    return false;
  }

  std::optional<YamlId> Add(const YAML::Mark& mark, YamlKind kind) {
    if (is_refused_) return std::nullopt;
    if (nodes_.size() == kYamlNodesMax) {
      Refuse(mark, absl::StrCat("more than ", kYamlNodesMax, " values"));
      return std::nullopt;
    }
    const auto id = static_cast<YamlId>(nodes_.size());
    YamlNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.offset = Offset(mark);
    if (!open_.empty()) nodes_[open_.back()].children.push_back(id);
    return id;
  }

  void Open(const YAML::Mark& mark, YamlKind kind) {
    const std::optional<YamlId> id = Add(mark, kind);
    if (!id.has_value()) return;
    open_.push_back(*id);
    if (open_.size() > kYamlDepthMax) {
      Refuse(mark, absl::StrCat("nested more than ", kYamlDepthMax, " deep"));
    }
  }

  void Close() {
    if (!is_refused_) open_.pop_back();
  }

  absl::string_view source_;
  cel::IssueList& issues_;
  std::vector<YamlNode> nodes_;
  std::vector<YamlId> open_;
  bool is_refused_ = false;
};

// What must not reach the parser: it would stop reading at some control characters, and guess
// another encoding.
bool IsCleanText(absl::string_view source, cel::IssueList& issues) {
  if (source.size() > kYamlBytesMax) {
    issues.Add(
        0, absl::StrCat("the text has ", source.size(), " bytes; ", kYamlBytesMax, " are allowed"));
    return false;
  }
  const size_t invalid = cel::FindInvalidUtf8(source);
  if (invalid < source.size()) {
    issues.Add(static_cast<uint32_t>(invalid), "the text is not valid UTF-8 here");
    return false;
  }
  if (absl::StartsWith(source, kByteOrderMark)) {
    issues.Add(0, "the text starts with a byte order mark; save it as UTF-8 without one");
    return false;
  }
  for (size_t i = 0; i < source.size(); ++i) {
    if (!absl::ascii_iscntrl(static_cast<unsigned char>(source[i]))) continue;
    if (source[i] == '\n' || source[i] == '\t' || source[i] == '\r') continue;
    issues.Add(static_cast<uint32_t>(i), "a control character is not allowed");
    return false;
  }
  return true;
}

// YAML knows no indentation by tabs, and its parser does not say so.
bool IsIndentedBySpaces(absl::string_view source, cel::IssueList& issues) {
  for (size_t start = 0; start < source.size();) {
    const size_t end = std::min(source.find('\n', start), source.size());
    const absl::string_view line = source.substr(start, end - start);
    const size_t tab = line.find('\t');
    const size_t word = line.find_first_not_of(" \t\r");
    if (tab != absl::string_view::npos && word != absl::string_view::npos && tab < word) {
      issues.Add(static_cast<uint32_t>(start + tab), "indent with spaces, not with a tab");
      return false;
    }
    start = end + 1;
  }
  return true;
}

// What the parser found, with advice for the commonest cause.
std::string Advice(const std::string& message) {
  if (message != "illegal map value") return absl::StrCat("this is not YAML: ", message);
  return "this is not YAML: a second ':' in one line; put a text that has ': ' into quotes";
}

bool IsSpace(char byte) { return absl::ascii_isspace(static_cast<unsigned char>(byte)); }

// The bytes of the escape sequence at the start of `source`, in a text in double quotes.
size_t EscapeBytes(absl::string_view source) {
  if (source.size() < 2) return source.size();
  switch (source[1]) {
    case 'x':
      return 4;
    case 'u':
      return 6;
    case 'U':
      return 10;
    default:
      return 2;
  }
}

}  // namespace

std::optional<YamlTree> ParseYaml(absl::string_view source, cel::IssueList& issues) {
  if (!IsCleanText(source, issues) || !IsIndentedBySpaces(source, issues)) return std::nullopt;
  TreeBuilder builder(source, issues);
  try {
    std::istringstream stream{std::string(source)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      issues.Add(0, "the text is empty");
      return std::nullopt;
    }
    if (builder.is_refused()) return std::nullopt;
    std::vector<YamlNode> nodes = std::move(builder).Take();
    TreeBuilder rest(source, issues);
    if (parser.HandleNextDocument(rest)) {
      const std::vector<YamlNode> second = std::move(rest).Take();
      issues.Add(second.empty() ? 0 : second[0].offset, "only one document is allowed");
      return std::nullopt;
    }
    return YamlTree(std::move(nodes));
  } catch (const YAML::Exception& exception) {
    const int position = std::clamp(exception.mark.pos, 0, static_cast<int>(source.size()));
    if (!builder.is_refused()) {
      issues.Add(static_cast<uint32_t>(position), Advice(exception.msg));
    }
    return std::nullopt;
  }
}

uint32_t SourceOffset(absl::string_view source, const YamlNode& scalar, size_t text_offset) {
  const std::string& text = scalar.text;
  size_t at = scalar.offset;
  if (at >= source.size()) return static_cast<uint32_t>(source.size());
  const char style = source[at];
  const bool is_double = style == '"';
  const bool is_single = style == '\'';
  if (is_double || is_single) ++at;
  if (!scalar.is_plain && (style == '|' || style == '>')) {
    at = std::min(source.find('\n', at), source.size());
  }
  for (size_t i = 0; at < source.size();) {
    // A line break inside double quotes may be escaped; it leaves nothing in the text.
    if (is_double && source[at] == '\\' && at + 1 < source.size() && IsSpace(source[at + 1]) &&
        source[at + 1] != ' ' && source[at + 1] != '\t') {
      ++at;
      while (at < source.size() && IsSpace(source[at])) ++at;
      continue;
    }
    // Indentation and folded line breaks stand in the source only.
    const bool is_same = i < text.size() && source[at] == text[i];
    if (!is_same && IsSpace(source[at]) && i < text.size()) {
      ++at;
      continue;
    }
    if (i >= text_offset || i >= text.size()) break;
    if (is_double && source[at] == '\\') {
      at += EscapeBytes(source.substr(at));
      i += cel::CodePointBytes(text, i);
    } else if (is_single && source[at] == '\'') {
      at += 2;
      ++i;
    } else if (is_same) {
      ++at;
      ++i;
    } else {
      ++i;  // a space that a folded line break left
    }
  }
  return static_cast<uint32_t>(std::min(at, source.size()));
}

}  // namespace redress::engine
