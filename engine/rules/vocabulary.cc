#include "engine/rules/vocabulary.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/fact_fields.h"

namespace redress::engine {

namespace v1 = redress::v1;

Vocabulary::Vocabulary(ZoneFinder zones) : zones_(std::move(zones)) {
  issue_ = environment_.AddVariable("issue", cel::Type::Message(v1::Issue::descriptor()));
  ticket_ = environment_.AddVariable("ticket", cel::Type::Message(v1::TicketFacts::descriptor()));
  customer_ =
      environment_.AddVariable("customer", cel::Type::Message(v1::CustomerFacts::descriptor()));
  cel::AddStringsExtension(environment_);
  cel::AddMathExtension(environment_);
  for (const auto& [field, reader] : FactFieldReaders())
    environment_.AddFieldReader(field, reader);
  AddEnums();
  AddTextFunctions(environment_, sought_);
  if (zones_ == nullptr) return;
  kept_zones_ = [this](const std::string& name) { return FindZone(name); };
  UseKeptZones(environment_, kept_zones_);
}

cel::Slot Vocabulary::AddFact(absl::string_view name, cel::Type type) {
  return environment_.AddVariable(absl::StrCat(kFactRoot, ".", name), std::move(type));
}

const base::ZoneRules* Vocabulary::FindZone(const std::string& name) {
  if (const auto found = found_zones_.find(name); found != found_zones_.end())
    return &found->second;
  const base::ZoneRules* rules = zones_ == nullptr ? nullptr : zones_(name);
  return rules == nullptr ? nullptr : &found_zones_.emplace(name, *rules).first->second;
}

void Vocabulary::AddEnums() {
  for (const google::protobuf::EnumDescriptor* type :
       {v1::IssueKind_descriptor(), v1::Severity_descriptor(), v1::Level_descriptor(),
        v1::ScoreType_descriptor(), v1::ReopenCause_descriptor()}) {
    for (const std::string& name : ShortNames(*type)) {
      const int number = NumberOfShortName(*type, name).value();
      CHECK(environment_.FindConstant(name) == nullptr);
      environment_.AddConstant(name, cel::Type::Int(), cel::Value::Int(number));
    }
  }
}

void Vocabulary::Seal() {
  CHECK(!sought_.is_sealed);
  sought_.phrases.Build();
  sought_.patterns.Build();
  sought_.is_sealed = true;
  zones_ = nullptr;
}

DecisionFacts::DecisionFacts(const Vocabulary& vocabulary, const v1::Issue& issue,
                             const v1::TicketFacts& ticket, const v1::CustomerFacts& customer)
    : sought_(vocabulary.sought_),
      issue_(issue),
      ticket_(ticket),
      customer_(customer),
      text_{issue.text(), std::nullopt, false, std::nullopt},
      title_{issue.title(), std::nullopt, false, std::nullopt},
      activation_(vocabulary.environment_) {
  CHECK(sought_.is_sealed);
  activation_.Set(vocabulary.issue_, cel::Value::Message(issue));
  activation_.Set(vocabulary.ticket_, cel::Value::Message(ticket));
  activation_.Set(vocabulary.customer_, cel::Value::Message(customer));
  activation_.set_host(this);
}

const DecisionFacts::ScannedText* DecisionFacts::Find(absl::string_view text) const {
  for (const ScannedText* scanned : {&text_, &title_}) {
    if (scanned->text.data() == text.data() && scanned->text.size() == text.size()) return scanned;
  }
  return nullptr;
}

const PhrasesFound* DecisionFacts::PhrasesIn(absl::string_view text) const {
  const ScannedText* scanned = Find(text);
  if (scanned == nullptr) return nullptr;
  if (!scanned->phrases.has_value()) scanned->phrases = sought_.phrases.Scan(text);
  return &*scanned->phrases;
}

const std::vector<bool>* DecisionFacts::PatternsIn(absl::string_view text) const {
  const ScannedText* scanned = Find(text);
  if (scanned == nullptr) return nullptr;
  if (!scanned->is_matched) scanned->matches = sought_.patterns.Scan(text);
  scanned->is_matched = true;
  return scanned->matches.has_value() ? &*scanned->matches : nullptr;
}

}  // namespace redress::engine
