// What a condition may refer to, and the facts that it then sees.
//
//     issue      redress.v1.Issue, as it was reported
//     ticket     redress.v1.TicketFacts, with what the rows above have set
//     customer   redress.v1.CustomerFacts
//     fact.NAME  what the playbook derives
//     COMPLAINT, NPS, HIGH, RELAY, NOT_FIXED, ...   enum values by their short names, of type int
//     text.mentions("phrase") and its like          see text_functions.h
//
// and CEL's standard library with its strings and math extensions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/environment.h"
#include "engine/cel/program.h"
#include "engine/rules/text_functions.h"
#include "engine/rules/zone_functions.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The name before the dot of a derived fact: fact.NAME.
inline constexpr absl::string_view kFactRoot = "fact";

// The names of one playbook, and every phrase that its conditions ask for.
//
// Conditions are compiled first, then Seal() is called once; after that it is only read.
class Vocabulary {
 public:
  // `zones` finds the rules of the zones that conditions name, while they are compiled before
  // Seal(). Without it they are the system's.
  explicit Vocabulary(ZoneFinder zones = nullptr);
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  // For compiling conditions. One that is compiled after Seal() works too, but looks for its
  // phrases by itself.
  const cel::Environment& environment() const { return environment_; }

  // Makes a value known to conditions that are compiled from here on, as fact.NAME. REQUIRES: the
  // name is new.
  cel::Slot AddFact(absl::string_view name, cel::Type type);

  void Seal();

  const PhraseSet& phrases() const { return sought_.phrases; }
  const PatternSet& patterns() const { return sought_.patterns; }

 private:
  friend class DecisionFacts;

  void AddEnums();

  // The rules of a zone, from those that were asked for before or from the finder.
  const base::ZoneRules* FindZone(const std::string& name);

  SoughtTexts sought_;
  ZoneFinder zones_;       // empty once it is sealed
  ZoneFinder kept_zones_;  // what conditions ask
  std::map<std::string, base::ZoneRules> found_zones_;
  cel::Environment environment_;
  cel::Slot issue_;
  cel::Slot ticket_;
  cel::Slot customer_;
};

// The facts of one decision, as conditions see them. The ticket's facts may change between
// conditions. The issue's text is looked through once, when a condition first asks. One thread.
class DecisionFacts {
 public:
  // Everything must outlive this object. REQUIRES: the vocabulary is sealed.
  DecisionFacts(const Vocabulary& vocabulary, const redress::v1::Issue& issue,
                const redress::v1::TicketFacts& ticket, const redress::v1::CustomerFacts& customer);
  DecisionFacts(const DecisionFacts&) = delete;
  DecisionFacts& operator=(const DecisionFacts&) = delete;

  const redress::v1::Issue& issue() const { return issue_; }
  const redress::v1::TicketFacts& ticket() const { return ticket_; }
  const redress::v1::CustomerFacts& customer() const { return customer_; }

  const cel::Activation& activation() const { return activation_; }

  // The value of a derived fact; what it points to must outlive this object.
  void SetFact(cel::Slot slot, cel::Value value) { activation_.Set(slot, value); }

  // What of the vocabulary's phrases `text` has, if it is the issue's text or title; else nothing.
  const PhrasesFound* PhrasesIn(absl::string_view text) const;

  // Which of the vocabulary's patterns match `text`, if it is the issue's text or title and they
  // can be looked for together; else nothing.
  const std::vector<bool>* PatternsIn(absl::string_view text) const;

 private:
  struct ScannedText {
    absl::string_view text;
    // Filled when first asked for.
    mutable std::optional<PhrasesFound> phrases;
    mutable bool is_matched = false;
    mutable std::optional<std::vector<bool>> matches;
  };

  // The issue's text or title, if it is one of them.
  const ScannedText* Find(absl::string_view text) const;

  const SoughtTexts& sought_;
  const redress::v1::Issue& issue_;
  const redress::v1::TicketFacts& ticket_;
  const redress::v1::CustomerFacts& customer_;
  ScannedText text_;
  ScannedText title_;
  cel::Activation activation_;
};

}  // namespace redress::engine
