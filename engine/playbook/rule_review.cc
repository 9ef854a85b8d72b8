#include "engine/playbook/rule_review.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "engine/cel/source.h"
#include "engine/playbook/case_features.h"
#include "engine/playbook/limits.h"
#include "engine/playbook/yaml_playbook.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr size_t kRowIdBytesMax = 64;

bool HasFeature(const std::vector<std::string>& features, const std::string& feature) {
  return std::binary_search(features.begin(), features.end(), feature);
}

// How well a condition tells errors from right decisions: errors beyond the rights that it takes.
struct Split {
  std::string condition;
  int64_t errors = 0;
  int64_t rights = 0;

  // More of it is better; then fewer rights; then the shorter one, and the order of letters.
  auto Rank() const {
    return std::make_tuple(rights - errors, rights, condition.size(),
                           absl::string_view(condition));
  }
};

std::string LevelName(v1::Level level) {
  return ShortName(*v1::Level_descriptor()->FindValueByNumber(level));
}

std::string Seconds(absl::string_view key, const google::protobuf::Duration& duration) {
  return absl::StrCat(", ", key, ": ", duration.seconds(), "s");
}

// Where the line with the byte at `offset` starts.
size_t LineStart(absl::string_view source, size_t offset) {
  const size_t newline = source.rfind('\n', offset == 0 ? 0 : offset - 1);
  return newline == absl::string_view::npos ? 0 : newline + 1;
}

}  // namespace

RuleReviewTally::RuleReviewTally(absl::string_view source, const PlaybookCompilation& compilation,
                                 std::map<std::string, RowAge> ages)
    : source_(source), compilation_(compilation) {
  review_.set_playbook_hash(compilation.playbook_hash);
  for (const v1::RouteRule& rule : compilation.playbook->message().route()) {
    v1::RuleQuality& quality = rows_[rule.id()].quality;
    const RowAge& age = ages[rule.id()];
    quality.set_rule(rule.id());
    quality.set_since_version(age.version);
    *quality.mutable_since_time() = age.time;
  }
}

void RuleReviewTally::AddByOlderRow() {
  review_.set_decided(review_.decided() + 1);
  review_.set_by_older_rows(review_.by_older_rows() + 1);
}

void RuleReviewTally::Add(const BookedDecision& booked) {
  review_.set_decided(review_.decided() + 1);
  const auto found = rows_.find(booked.decision.route_rule());
  CHECK(found != rows_.end());
  Row& row = found->second;
  row.quality.set_hits(row.quality.hits() + 1);
  if (row.quality.last_hit_time().seconds() <= booked.time.seconds())
    *row.quality.mutable_last_hit_time() = booked.time;
  if (booked.is_wrong()) return CountError(booked, row);
  if (row.right.size() == kCasesPerRuleMax || right_cases_ == kRightCasesMax) return;
  row.right.push_back(FeaturesOf(booked.issue, booked.decision.effects()));
  ++right_cases_;
}

void RuleReviewTally::CountError(const BookedDecision& booked, Row& row) {
  v1::RuleQuality& quality = row.quality;
  review_.set_corrected(review_.corrected() + 1);
  quality.set_errors(quality.errors() + 1);
  quality.set_wrong_owner(quality.wrong_owner() + (booked.is_wrong_owner ? 1 : 0));
  quality.set_wrong_level(quality.wrong_level() + (booked.is_wrong_level ? 1 : 0));
  quality.set_hops(quality.hops() + booked.hops);
  quality.set_lost_seconds(quality.lost_seconds() + static_cast<uint64_t>(booked.lost_seconds));
  if (quality.tickets_size() < kReviewTicketsMax) quality.add_tickets(booked.reference);
  const v1::Effects& sent = booked.decision.effects();
  ++confusions_[{sent.department(), sent.level(), booked.right_department, booked.right_level}];
  if (row.wrong.size() == kCasesPerRuleMax) return;
  row.wrong.push_back(
      {FeaturesOf(booked.issue, sent), booked.right_department, booked.right_level});
}

// What most errors share. A condition that all right decisions share too tells nothing.
void RuleReviewTally::FindShared(Row& row) const {
  std::map<std::string, Split> splits;
  for (const WrongCase& wrong : row.wrong)
    for (const std::string& feature : wrong.features) ++splits[feature].errors;
  for (const Features& right : row.right) {
    for (const std::string& feature : right) {
      const auto found = splits.find(feature);
      if (found != splits.end()) ++found->second.rights;
    }
  }
  std::vector<Split> shared;
  for (auto& [condition, split] : splits) {
    split.condition = condition;
    if (split.errors >= static_cast<int64_t>(kSharedErrorsMin) && split.errors > split.rights)
      shared.push_back(std::move(split));
  }
  std::sort(shared.begin(), shared.end(),
            [](const Split& one, const Split& other) { return one.Rank() < other.Rank(); });
  if (shared.size() > kSharedConditionsMax) shared.resize(kSharedConditionsMax);
  for (const Split& split : shared) {
    v1::SharedCondition& shown = *row.quality.add_shared_conditions();
    shown.set_condition(split.condition);
    shown.set_errors(static_cast<uint64_t>(split.errors));
    shown.set_rights(static_cast<uint64_t>(split.rights));
  }
}

// A row for the place where most errors belonged. What belonged elsewhere would be sent wrongly
// there too, so it counts with the right decisions.
void RuleReviewTally::Suggest(Row& row) const {
  std::map<std::pair<std::string, int>, size_t> places;
  for (const WrongCase& wrong : row.wrong) ++places[{wrong.department, wrong.level}];
  if (places.empty()) return;
  const auto place = std::max_element(
      places.begin(), places.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  const auto& [department, level] = place->first;
  std::vector<const Features*> wanted, unwanted;
  for (const WrongCase& wrong : row.wrong) {
    const bool belongs = wrong.department == department && wrong.level == level;
    (belongs ? wanted : unwanted).push_back(&wrong.features);
  }
  for (const Features& right : row.right) unwanted.push_back(&right);
  std::map<std::string, Split> splits;
  for (const Features* features : wanted)
    for (const std::string& feature : *features) ++splits[feature].errors;
  std::optional<Split> best;
  for (auto& [condition, split] : splits) {
    split.condition = condition;
    for (const Features* features : unwanted) split.rights += HasFeature(*features, condition);
    if (split.errors < static_cast<int64_t>(kSharedErrorsMin) || split.errors <= split.rights)
      continue;
    if (!best || split.Rank() < best->Rank()) best = split;
  }
  if (!best) return;
  std::optional<v1::SuggestedEdit> edit =
      EditFor(row, best->condition, department, static_cast<v1::Level>(level));
  if (!edit) return;
  edit->set_errors_mended(static_cast<uint64_t>(best->errors));
  edit->set_rights_broken(static_cast<uint64_t>(best->rights));
  *row.quality.mutable_suggestion() = *std::move(edit);
}

// The row stands above the one that errs and takes nothing but from it. Nothing: the row has rows
// below it, which the new one would take from; or it does not begin a line of its own.
std::optional<v1::SuggestedEdit> RuleReviewTally::EditFor(const Row& row,
                                                          const std::string& condition,
                                                          const std::string& department,
                                                          v1::Level level) const {
  const auto& route = compilation_.playbook->message().route();
  const auto rule = std::find_if(route.begin(), route.end(), [&](const v1::RouteRule& one) {
    return one.id() == row.quality.rule();
  });
  const bool has_rows_below =
      std::any_of(route.begin(), route.end(),
                  [&](const v1::RouteRule& one) { return one.parent() == rule->id(); });
  const bool has_comment = absl::StrContains(rule->when(), "//");
  if (has_rows_below || has_comment || !rule->account().empty() || !rule->parent().empty())
    return std::nullopt;
  if (compilation_.playbook->FindDepartment(department) == nullptr) return std::nullopt;
  const PlaybookText& text = *compilation_.text;
  const size_t offset = text.tree[text.route_conditions[rule - route.begin()].row].offset;
  const size_t start = LineStart(source_, offset);
  const absl::string_view indent = source_.substr(start, offset - start);
  const size_t dash = indent.find_first_not_of(' ');
  if (dash == absl::string_view::npos || indent[dash] != '-') return std::nullopt;
  std::string when = rule->when().empty() ? condition
                                          : absl::StrCat("(", rule->when(), ") && ", condition);
  when = absl::StrReplaceAll(when, {{"\n", " "}, {"'", "''"}});
  if (when.size() > kConditionBytesMax) return std::nullopt;
  std::string promises;
  if (rule->has_first_answer()) promises += Seconds("first_answer", rule->first_answer());
  if (rule->has_resolution()) promises += Seconds("resolution", rule->resolution());
  if (rule->has_confirmation()) promises += Seconds("confirmation", rule->confirmation());
  if (rule->has_reopen_window()) promises += Seconds("reopen_window", rule->reopen_window());
  v1::SuggestedEdit edit;
  edit.set_line(cel::PositionAt(source_, static_cast<uint32_t>(offset)).line);
  edit.set_text(absl::StrCat(indent.substr(0, dash), "- {id: ", NewRowId(rule->id()), ", when: '",
                             when, "', to: {level: ", LevelName(level), ", department: ",
                             department, promises, "}}"));
  return edit;
}

std::string RuleReviewTally::NewRowId(const std::string& rule) const {
  for (int number = 1;; ++number) {
    const std::string ending = absl::StrCat("-mended-", number);
    std::string id = absl::StrCat(rule.substr(0, kRowIdBytesMax - ending.size()), ending);
    if (!rows_.contains(id)) return id;
  }
}

v1::RuleReview RuleReviewTally::Take() && {
  std::vector<Row*> rows;
  for (auto& [id, row] : rows_) {
    FindShared(row);
    Suggest(row);
    rows.push_back(&row);
  }
  const auto rank = [](const Row* row) {
    const v1::RuleQuality& quality = row->quality;
    return std::make_tuple(~quality.errors(), ~quality.lost_seconds(), ~quality.hits(),
                           absl::string_view(quality.rule()));
  };
  std::sort(rows.begin(), rows.end(),
            [&](const Row* one, const Row* other) { return rank(one) < rank(other); });
  for (Row* row : rows) review_.add_rules()->Swap(&row->quality);
  std::vector<std::tuple<uint64_t, Confused>> sorted;  // the commonest first
  for (const auto& [places, count] : confusions_) sorted.emplace_back(~count, places);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [count, places] : sorted) {
    if (review_.confusions_size() == kConfusionsMax) break;
    v1::Confusion& confusion = *review_.add_confusions();
    confusion.set_sent_department(std::get<0>(places));
    confusion.set_sent_level(static_cast<v1::Level>(std::get<1>(places)));
    confusion.set_right_department(std::get<2>(places));
    confusion.set_right_level(static_cast<v1::Level>(std::get<3>(places)));
    confusion.set_count(~count);
  }
  return std::move(review_);
}

std::string Mended(absl::string_view source, const v1::SuggestedEdit& suggestion) {
  size_t at = 0;
  for (int line = 1; line < suggestion.line(); ++line) {
    at = source.find('\n', at);
    CHECK(at != absl::string_view::npos);
    ++at;
  }
  return absl::StrCat(source.substr(0, at), suggestion.text(), "\n", source.substr(at));
}

}  // namespace redress::engine
