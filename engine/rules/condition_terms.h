// A condition taken apart: alternatives, each a conjunction of claims about single fields.
//
// What can be taken apart: && || ! with equality, membership, beginnings, bounds, presence and
// mentions of constants, and facts that are true or false. Any other part is passed over and named.
// A region made without a part is larger than the truth, never smaller; so "no case is in it" can
// be trusted all the same. For checking playbooks, not for deciding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/rules/fact_region.h"
#include "engine/rules/vocabulary.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// Most alternatives of a condition, and of its contrary. One with more is not analysed.
inline constexpr size_t kTermsMax = 64;

// What is known of a condition.
struct ConditionTerms {
  // The cases in which it holds: those of any of the regions.
  std::vector<FactRegion> when_true;
  // The cases in which it does not.
  std::vector<FactRegion> when_false;
  // Too many alternatives: both are left empty and say nothing.
  bool is_too_large = false;
  // Where the first part stands that was passed over, in bytes; nothing: the regions are exact.
  std::optional<uint32_t> passed_over;

  bool is_exact() const { return !is_too_large && !passed_over.has_value(); }
};

class TermReader {
 public:
  // Facts that are not given are passed over. The vocabulary must outlive the reader, and the
  // domains the regions.
  TermReader(const std::vector<redress::v1::DerivedFact>& facts, const Vocabulary& vocabulary,
             const FactDomains& domains);

  // The empty condition always holds. REQUIRES: it compiles.
  ConditionTerms Read(const std::string& condition) const;

 private:
  const Vocabulary& vocabulary_;
  const FactDomains& domains_;
  absl::flat_hash_map<std::string, std::string> facts_;  // their expressions by "fact.NAME"
};

}  // namespace redress::engine
