// How well rules decide, seen from what people corrected.
//
// A decision is booked on the route row that made it. It was wrong when somebody transferred the
// ticket because the owner was wrong, or put it on another level, before it was resolved. What
// errors of a row share, and its right decisions do not, becomes a suggestion: a row above it that
// sends them where they belonged. A suggestion is a guess; a backtest judges it.
//
// Pure. Memory is bounded: cases kept for comparison have a limit, counts have none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/rule_review.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Cases kept of one row, wrong and right ones each, and right ones of all rows together.
inline constexpr size_t kCasesPerRuleMax = 500;
inline constexpr size_t kRightCasesMax = 50'000;
// Errors that a condition must explain to be listed.
inline constexpr uint64_t kSharedErrorsMin = 3;
inline constexpr int kSharedConditionsMax = 5;
inline constexpr int kConfusionsMax = 500;
inline constexpr int kReviewTicketsMax = 20;

// A decision and what became of it.
struct BookedDecision {
  std::string reference;
  const redress::v1::Issue& issue;
  const redress::v1::Decision& decision;
  google::protobuf::Timestamp time;
  bool is_wrong_owner = false;
  bool is_wrong_level = false;
  uint64_t hops = 0;          // moves because of that
  int64_t lost_seconds = 0;   // from the decision to the last of them
  std::string right_department;  // where that one led
  redress::v1::Level right_level = redress::v1::LEVEL_UNSPECIFIED;

  bool is_wrong() const { return is_wrong_owner || is_wrong_level; }
};

// Since when a row reads as it does.
struct RowAge {
  uint32_t version = 0;
  google::protobuf::Timestamp time;
};

class RuleReviewTally {
 public:
  // `source` made `compilation`, which has the live playbook and outlives this. `ages`: of its
  // route rows by id.
  RuleReviewTally(absl::string_view source, const PlaybookCompilation& compilation,
                  std::map<std::string, RowAge> ages);

  // REQUIRES: a row of the live playbook made the decision.
  void Add(const BookedDecision& booked);
  // A decision by a row that reads otherwise now.
  void AddByOlderRow();

  redress::v1::RuleReview Take() &&;

 private:
  // The conditions that a case fulfils.
  using Features = std::vector<std::string>;
  // Department and level that it was sent to, and that it belonged to.
  using Confused = std::tuple<std::string, int, std::string, int>;
  struct WrongCase {
    Features features;
    std::string department;
    redress::v1::Level level;
  };
  struct Row {
    redress::v1::RuleQuality quality;
    std::vector<WrongCase> wrong;
    std::vector<Features> right;
  };

  void CountError(const BookedDecision& booked, Row& row);
  void FindShared(Row& row) const;
  void Suggest(Row& row) const;
  std::optional<redress::v1::SuggestedEdit> EditFor(const Row& row, const std::string& condition,
                                                    const std::string& department,
                                                    redress::v1::Level level) const;
  std::string NewRowId(const std::string& rule) const;

  const absl::string_view source_;
  const PlaybookCompilation& compilation_;
  redress::v1::RuleReview review_;
  std::map<std::string, Row> rows_;
  std::map<Confused, uint64_t> confusions_;
  size_t right_cases_ = 0;
};

// The source with the suggested row in it. REQUIRES: the line is one of the source.
std::string Mended(absl::string_view source, const redress::v1::SuggestedEdit& suggestion);

}  // namespace redress::engine
