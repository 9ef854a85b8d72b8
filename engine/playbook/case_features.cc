#include "engine/playbook/case_features.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/source.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/normal_text.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// Shorter words in letters say nothing.
constexpr size_t kWordBytesMin = 4;
constexpr size_t kWordBytesMax = 32;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
}

void AddWord(absl::string_view word, std::vector<std::string>& features) {
  if (word.size() < kWordBytesMin || word.size() > kWordBytesMax) return;
  features.push_back(absl::StrCat("issue.text.mentions(", Quoted(word), ")"));
}

bool IsIdeograph(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  return character.size() == 3 && first >= 0xE4 && first <= 0xE9;
}

// Words where they are written apart, and pairs of neighbours where they are not.
void AddWords(const std::string& text, std::vector<std::string>& features) {
  const std::string normal = NormalizeText(text);
  size_t word_start = 0;
  size_t previous = std::string::npos;  // an ideograph just before
  for (size_t at = 0; at < normal.size() && features.size() < kFeatureWordsMax;) {
    const size_t bytes = cel::CodePointBytes(normal, at);
    const absl::string_view character = absl::string_view(normal).substr(at, bytes);
    const bool continues = ContinuesWord(CharacterAfter(normal, at));
    if (!continues) {
      AddWord(absl::string_view(normal).substr(word_start, at - word_start), features);
      word_start = at + bytes;
    }
    if (IsIdeograph(character) && previous != std::string::npos)
      AddWord(absl::string_view(normal).substr(previous, at + bytes - previous), features);
    previous = IsIdeograph(character) ? at : std::string::npos;
    at += bytes;
  }
  if (word_start < normal.size()) AddWord(absl::string_view(normal).substr(word_start), features);
}

void AddText(absl::string_view field, const std::string& value,
             std::vector<std::string>& features) {
  if (!value.empty()) features.push_back(absl::StrCat(field, " == ", Quoted(value)));
}

template <typename Enum>
void AddEnum(absl::string_view field, Enum value, std::vector<std::string>& features) {
  const auto* named = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  if (value == Enum() || named == nullptr) return;
  features.push_back(absl::StrCat(field, " == ", ShortName(*named)));
}

}  // namespace

std::vector<std::string> FeaturesOf(const v1::Issue& issue, const v1::Effects& effects) {
  std::vector<std::string> features;
  AddWords(issue.text(), features);
  AddEnum("issue.kind", issue.kind(), features);
  AddText("issue.channel", issue.channel(), features);
  AddText("issue.product", issue.product(), features);
  AddText("issue.language", issue.language(), features);
  AddText("customer.value_tier", issue.customer().value_tier(), features);
  AddText("ticket.category", effects.category(), features);
  AddText("ticket.touchpoint", effects.touchpoint(), features);
  AddText("ticket.segment", effects.segment(), features);
  AddEnum("ticket.severity", effects.severity(), features);
  if (issue.has_score()) AddEnum("issue.score.type", issue.score().type(), features);
  if (issue.has_alert()) AddText("issue.alert.name", issue.alert().name(), features);
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

}  // namespace redress::engine
