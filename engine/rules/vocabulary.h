// What a condition may refer to, and the facts that it then sees.
//
//     issue      redress.v1.Issue, as it was reported
//     ticket     redress.v1.TicketFacts, with what the rows above have set
//     customer   redress.v1.CustomerFacts
//     COMPLAINT, NPS, HIGH, RELAY, NOT_FIXED, ...   enum values by their short names, of type int
//     text.mentions("phrase"), text.mentions(["phrase", ...])   see text.h
//
// and CEL's standard library with its strings and math extensions.
#pragma once

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/environment.h"
#include "engine/cel/program.h"
#include "engine/rules/text.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The names of one playbook, and every phrase that its conditions ask for.
//
// Conditions are compiled first, then Seal() is called once; after that it is only read.
class Vocabulary {
 public:
  Vocabulary();
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  // For compiling conditions. One that is compiled after Seal() works too, but looks for its
  // phrases by itself.
  const cel::Environment& environment() const { return environment_; }

  void Seal();

  const PhraseSet& phrases() const { return phrases_; }

 private:
  friend class DecisionFacts;

  void AddEnums();
  void AddTextFunctions();

  cel::Environment environment_;
  PhraseSet phrases_;
  bool is_sealed_ = false;
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

  const cel::Activation& activation() const { return activation_; }

  // Which of the vocabulary's phrases `text` has, if it is the issue's text or title; else nothing.
  const std::vector<bool>* PhrasesIn(absl::string_view text) const;

 private:
  struct ScannedText {
    absl::string_view text;
    mutable std::optional<std::vector<bool>> found;  // filled when first asked for
  };

  const PhraseSet& phrases_;
  ScannedText text_;
  ScannedText title_;
  cel::Activation activation_;
};

}  // namespace redress::engine
