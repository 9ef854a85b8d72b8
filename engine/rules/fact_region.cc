#include "engine/rules/fact_region.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/route.h"
#include "engine/rules/text.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The channel and the words of a sample that demands nothing of them.
constexpr char kSampleChannel[] = "web";
constexpr char kSampleText[] = "Something is wrong";
constexpr char kSampleValue[] = "other";

template <typename T>
void Narrow(std::optional<absl::btree_set<T>>& kept, const absl::btree_set<T>& values) {
  if (!kept.has_value()) {
    kept = values;
    return;
  }
  for (auto it = kept->begin(); it != kept->end();) {
    it = values.contains(*it) ? std::next(it) : kept->erase(it);
  }
}

template <typename T>
absl::btree_set<T> SetOf(const std::vector<T>& values) {
  return absl::btree_set<T>(values.begin(), values.end());
}

// Whether a text that has one phrase has the other too.
bool Brings(const std::string& phrase, const std::string& other) {
  return Phrase(other).IsIn(phrase);
}

// The first phrase that brings none of those that must not occur; nullptr: each does.
const std::string* Harmless(const std::vector<std::string>& phrases,
                            const absl::btree_set<std::string>& unwanted) {
  for (const std::string& phrase : phrases) {
    const bool brings_some =
        std::any_of(unwanted.begin(), unwanted.end(),
                    [&](const std::string& other) { return Brings(phrase, other); });
    if (!brings_some) return &phrase;
  }
  return nullptr;
}

void SetNumber(Message& message, const FieldDescriptor& field, int64_t number) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, static_cast<int>(number));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, number != 0);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, static_cast<int32_t>(number));
    default:
      return reflection.SetInt64(&message, &field, number);
  }
}

// The message of a sample that a field belongs to, and the field in it. A sample is what a customer
// sends, so the customer's record and what a new ticket takes from its issue are set there.
struct Target {
  Message* message;
  std::vector<const FieldDescriptor*> path;
};

Target TargetOf(const FactField& field, v1::SampleCase& sample) {
  const auto issue_field = [](absl::string_view name) {
    return v1::Issue::descriptor()->FindFieldByName(std::string(name));
  };
  absl::string_view name = field.name;
  if (absl::ConsumePrefix(&name, "issue.")) return {sample.mutable_issue(), field.path};
  if (absl::ConsumePrefix(&name, "customer.")) return {sample.mutable_customer(), field.path};
  absl::ConsumePrefix(&name, "ticket.");
  if (name == "category" || name == "severity" || name == "touchpoint") {
    return {sample.mutable_issue(), {issue_field(name)}};
  }
  if (name == "segment") {
    const auto* profile = v1::CustomerProfile::descriptor();
    return {sample.mutable_issue(), {issue_field("customer"), profile->FindFieldByName("segment")}};
  }
  return {sample.mutable_ticket(), field.path};
}

Message& Innermost(const Target& target) {
  Message* message = target.message;
  for (size_t i = 0; i + 1 < target.path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, target.path[i]);
  }
  return *message;
}

// What must be there for the sample to be a whole issue.
void Complete(v1::SampleCase& sample) {
  v1::Issue& issue = *sample.mutable_issue();
  const bool has_kind = issue.kind() != v1::ISSUE_KIND_UNSPECIFIED;
  if (issue.has_score() && !has_kind) issue.set_kind(v1::ISSUE_KIND_SCORE);
  if (issue.has_alert() && !has_kind) issue.set_kind(v1::ISSUE_KIND_ALERT);
  if (issue.kind() == v1::ISSUE_KIND_UNSPECIFIED) issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  if (issue.channel().empty()) issue.set_channel(kSampleChannel);
  const bool needs_words =
      issue.kind() != v1::ISSUE_KIND_SCORE && issue.kind() != v1::ISSUE_KIND_ALERT;
  if (needs_words && issue.text().empty()) issue.set_text(kSampleText);
  const v1::CustomerFacts customer =
      CustomerFactsOf(issue.customer(), sample.customer().open_tickets());
  const v1::TicketFacts wanted = sample.ticket();
  *sample.mutable_ticket() = NewTicketFacts(issue, customer);
  sample.mutable_ticket()->MergeFrom(wanted);
  *sample.mutable_customer() = customer;
}

}  // namespace

void FactRegion::Add(const FactAtom& atom, bool is_negated) {
  Demands& demands = fields_.try_emplace(atom.field.name).first->second;
  demands.field = atom.field;
  const bool is_text = atom.field.kind == FactField::Kind::kText;
  switch (atom.kind) {
    case FactAtom::Kind::kOneOf:
      if (is_text && is_negated) demands.no_texts.insert(atom.texts.begin(), atom.texts.end());
      if (is_text && !is_negated) Narrow(demands.texts, SetOf(atom.texts));
      if (!is_text && is_negated)
        demands.no_numbers.insert(atom.numbers.begin(), atom.numbers.end());
      if (!is_text && !is_negated) Narrow(demands.numbers, SetOf(atom.numbers));
      return;
    case FactAtom::Kind::kPrefix:
      (is_negated ? demands.no_prefixes : demands.prefixes).insert(atom.texts[0]);
      return;
    case FactAtom::Kind::kRange:
      // One of the two bounds is open, see condition_terms.cc.
      if (!is_negated) {
        demands.min = std::max(demands.min, atom.min);
        demands.max = std::min(demands.max, atom.max);
      } else if (atom.min == INT64_MIN) {
        demands.min = std::max(demands.min, atom.max + 1);
      } else {
        demands.max = std::min(demands.max, atom.min - 1);
      }
      return;
    case FactAtom::Kind::kHas:
      (is_negated ? demands.must_be_absent : demands.must_be_there) = true;
      return;
    case FactAtom::Kind::kMentions:
      if (is_negated)
        demands.no_mentions.insert(atom.texts.begin(), atom.texts.end());
      else
        demands.mentions.push_back(atom.texts);
      return;
  }
}

void FactRegion::Add(const FactRegion& other) {
  for (const auto& [name, theirs] : other.fields_) {
    const auto [it, is_new] = fields_.try_emplace(name, theirs);
    if (is_new) continue;
    Demands& ours = it->second;
    if (theirs.texts) Narrow(ours.texts, *theirs.texts);
    if (theirs.numbers) Narrow(ours.numbers, *theirs.numbers);
    ours.no_texts.insert(theirs.no_texts.begin(), theirs.no_texts.end());
    ours.prefixes.insert(theirs.prefixes.begin(), theirs.prefixes.end());
    ours.no_prefixes.insert(theirs.no_prefixes.begin(), theirs.no_prefixes.end());
    ours.no_numbers.insert(theirs.no_numbers.begin(), theirs.no_numbers.end());
    ours.min = std::max(ours.min, theirs.min);
    ours.max = std::min(ours.max, theirs.max);
    ours.must_be_there |= theirs.must_be_there;
    ours.must_be_absent |= theirs.must_be_absent;
    ours.mentions.insert(ours.mentions.end(), theirs.mentions.begin(), theirs.mentions.end());
    ours.no_mentions.insert(theirs.no_mentions.begin(), theirs.no_mentions.end());
  }
}

bool FactRegion::AsksFor(absl::string_view field) const {
  const auto found = fields_.find(field);
  return found != fields_.end() &&
         (found->second.texts.has_value() || !found->second.prefixes.empty());
}

bool FactRegion::IsPlainlyApartFrom(const FactRegion& other) const {
  for (const auto& [name, ours] : fields_) {
    const auto found = other.fields_.find(name);
    if (found == other.fields_.end()) continue;
    const Demands& theirs = found->second;
    if (ours.min > theirs.max || theirs.min > ours.max) return true;
    const auto is_out = [&](const auto& value) { return !Fits(theirs, value); };
    if (ours.texts && std::all_of(ours.texts->begin(), ours.texts->end(), is_out)) return true;
    if (ours.numbers && std::all_of(ours.numbers->begin(), ours.numbers->end(), is_out))
      return true;
  }
  return false;
}

bool FactRegion::Fits(const Demands& demands, absl::string_view text) {
  const auto begins = [text](const std::string& prefix) { return absl::StartsWith(text, prefix); };
  return (!demands.texts || demands.texts->contains(text)) && !demands.no_texts.contains(text) &&
         std::all_of(demands.prefixes.begin(), demands.prefixes.end(), begins) &&
         std::none_of(demands.no_prefixes.begin(), demands.no_prefixes.end(), begins);
}

bool FactRegion::Fits(const Demands& demands, int64_t number) {
  return (!demands.numbers || demands.numbers->contains(number)) &&
         !demands.no_numbers.contains(number) && number >= demands.min && number <= demands.max;
}

std::optional<std::string> FactRegion::TextFor(const Demands& demands) const {
  std::vector<std::string> tries = {""};
  const auto domain = domains_->find(demands.field.name);
  if (demands.texts.has_value()) {
    tries.insert(tries.end(), demands.texts->begin(), demands.texts->end());
  } else if (domain == domains_->end()) {
    std::string longest;
    for (const std::string& prefix : demands.prefixes)
      if (prefix.size() > longest.size()) longest = prefix;
    tries.push_back(longest);
    tries.push_back(absl::StrCat(longest, kSampleValue));
    // Some value that nobody names, nor its beginning.
    for (size_t i = 0; i <= demands.no_texts.size() + demands.no_prefixes.size(); ++i)
      tries.push_back(absl::StrCat(longest, std::string(1, static_cast<char>('!' + i % 90)), i));
  }
  std::vector<std::string> said;
  for (const std::vector<std::string>& phrases : demands.mentions) {
    const std::string* phrase = Harmless(phrases, demands.no_mentions);
    if (phrase == nullptr) return std::nullopt;
    if (std::find(said.begin(), said.end(), *phrase) == said.end()) said.push_back(*phrase);
  }
  if (!said.empty()) tries = {absl::StrJoin(said, ". ")};
  for (const std::string& text : tries) {
    const bool is_possible = said.empty() && domain != domains_->end() && !text.empty()
                                 ? std::binary_search(domain->second.begin(),
                                                      domain->second.end(), text)
                                 : true;
    if (is_possible && Fits(demands, text)) return text;
  }
  if (domain == domains_->end()) return std::nullopt;
  for (const std::string& text : domain->second)
    if (Fits(demands, text)) return text;
  return std::nullopt;
}

std::optional<int64_t> FactRegion::NumberFor(const Demands& demands) const {
  if (demands.field.kind == FactField::Kind::kEnum) {
    const auto& type = *demands.field.path.back()->enum_type();
    const auto domain = domains_->find(demands.field.name);
    for (int i = 0; i < type.value_count(); ++i) {
      const auto& value = *type.value(i);
      const bool is_possible = domain == domains_->end() ||
                               absl::c_linear_search(domain->second, ShortName(value));
      if (is_possible && Fits(demands, value.number())) return value.number();
    }
    return std::nullopt;
  }
  std::vector<int64_t> tries = {0, demands.min, demands.max};
  if (demands.numbers) tries.insert(tries.end(), demands.numbers->begin(), demands.numbers->end());
  // A gap beside a number that must not be.
  const auto next = [](int64_t number) { return number == INT64_MAX ? number : number + 1; };
  const auto previous = [](int64_t number) { return number == INT64_MIN ? number : number - 1; };
  tries.push_back(next(0));
  for (const int64_t number : demands.no_numbers) {
    tries.push_back(next(number));
    tries.push_back(previous(number));
  }
  for (const int64_t number : tries)
    if (Fits(demands, number)) return number;
  return std::nullopt;
}

bool FactRegion::HasValue(const Demands& demands) const {
  if (demands.must_be_there && demands.must_be_absent) return false;
  switch (demands.field.kind) {
    case FactField::Kind::kMessage:
      return true;
    case FactField::Kind::kText: {
      if (!demands.mentions.empty()) {
        for (const auto& phrases : demands.mentions)
          if (Harmless(phrases, demands.no_mentions) == nullptr) return false;
        // What else is asked of such a text is not looked into.
        return true;
      }
      return TextFor(demands).has_value();
    }
    default:
      return NumberFor(demands).has_value();
  }
}

bool FactRegion::FitsAbsence(const Demands& demands) const {
  if (demands.field.kind == FactField::Kind::kText)
    return demands.mentions.empty() && Fits(demands, "");
  if (demands.field.kind == FactField::Kind::kMessage) return !demands.must_be_there;
  return Fits(demands, 0);
}

bool FactRegion::IsWithinAbsent(const FactField& field) const {
  for (const auto& [name, demands] : fields_) {
    if (demands.must_be_absent && absl::StartsWith(field.name, absl::StrCat(name, ".")))
      return true;
  }
  return false;
}

bool FactRegion::HasCase() const {
  return std::all_of(fields_.begin(), fields_.end(), [this](const auto& entry) {
    return HasValue(entry.second) &&
           (!IsWithinAbsent(entry.second.field) || FitsAbsence(entry.second));
  });
}

std::optional<v1::SampleCase> FactRegion::Simplest() const {
  if (!HasCase()) return std::nullopt;
  v1::SampleCase sample;
  for (const auto& [name, demands] : fields_) {
    if (demands.must_be_absent || IsWithinAbsent(demands.field)) continue;
    const Target target = TargetOf(demands.field, sample);
    const FieldDescriptor& field = *target.path.back();
    switch (demands.field.kind) {
      case FactField::Kind::kText: {
        const std::optional<std::string> text = TextFor(demands);
        if (!text.has_value()) return std::nullopt;
        if (text->empty()) break;
        Message& message = Innermost(target);
        message.GetReflection()->SetString(&message, &field, *text);
        break;
      }
      case FactField::Kind::kMessage:
        if (demands.must_be_there) {
          Message& message = Innermost(target);
          message.GetReflection()->MutableMessage(&message, &field);
        }
        break;
      case FactField::Kind::kInstant: {
        const int64_t micros = NumberFor(demands).value();
        auto& time = *sample.mutable_ticket()->mutable_decide_time();
        time.set_seconds(micros / 1'000'000 - (micros % 1'000'000 < 0 ? 1 : 0));
        time.set_nanos(static_cast<int32_t>((micros - time.seconds() * 1'000'000) * 1'000));
        break;
      }
      default:
        if (const int64_t number = NumberFor(demands).value(); number != 0)
          SetNumber(Innermost(target), field, number);
        break;
    }
  }
  Complete(sample);
  return sample;
}

}  // namespace redress::engine
