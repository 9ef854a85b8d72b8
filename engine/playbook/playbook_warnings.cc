#include "engine/playbook/playbook_warnings.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "engine/cel/source.h"
#include "engine/playbook/row_coverage.h"
#include "engine/playbook/yaml_playbook.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using Kind = v1::PlaybookWarningKind;

// Rows named in one message.
constexpr size_t kRowsNamedMax = 3;

// What rows of `classify` may set.
constexpr char kCategory[] = "ticket.category";
constexpr char kSeverity[] = "ticket.severity";
constexpr char kTouchpoint[] = "ticket.touchpoint";
constexpr char kSegment[] = "ticket.segment";

// Of what rows of `classify` see.
FactDomains DomainsOf(const v1::Playbook& playbook) {
  std::vector<std::string> categories, touchpoints;
  for (const v1::Category& category : playbook.taxonomy()) categories.push_back(category.id());
  for (const v1::Touchpoint& point : playbook.touchpoints()) touchpoints.push_back(point.id());
  std::sort(categories.begin(), categories.end());
  std::sort(touchpoints.begin(), touchpoints.end());
  return {{kCategory, categories},
          {"issue.category", categories},
          {kTouchpoint, touchpoints},
          {"issue.touchpoint", touchpoints}};
}

// Of what rows of `route` see: by then every ticket has a severity.
FactDomains RouteDomainsOf(const v1::Playbook& playbook) {
  FactDomains domains = DomainsOf(playbook);
  domains[kSeverity] = ShortNames(*v1::Severity_descriptor());
  return domains;
}

// What a row of `classify` sets.
std::vector<std::string> FieldsSetBy(const v1::ClassifyRule& rule) {
  std::vector<std::string> fields;
  if (!rule.category().empty()) fields.emplace_back(kCategory);
  if (rule.severity() != v1::SEVERITY_UNSPECIFIED) fields.emplace_back(kSeverity);
  if (!rule.touchpoint().empty()) fields.emplace_back(kTouchpoint);
  if (!rule.segment().empty()) fields.emplace_back(kSegment);
  return fields;
}

absl::btree_set<std::string> FieldsSetBy(const v1::Playbook& playbook) {
  absl::btree_set<std::string> fields;
  for (const v1::ClassifyRule& rule : playbook.classify())
    for (std::string& field : FieldsSetBy(rule)) fields.insert(std::move(field));
  return fields;
}

// Whether an expression may look at the field of the ticket.
bool MayRead(const std::string& expression, absl::string_view field) {
  const bool names_whole = absl::StrContains(expression, "ticket") &&
                           !absl::StrContains(expression, "ticket.");
  return names_whole || absl::StrContains(expression, field);
}

// The facts that rows of both tables see alike: those that look at what rows of `classify` set are
// computed once before and once behind them.
std::vector<v1::DerivedFact> FactsThatStay(const v1::Playbook& playbook) {
  const absl::btree_set<std::string> changing = FieldsSetBy(playbook);
  std::vector<v1::DerivedFact> facts;
  for (const v1::DerivedFact& fact : playbook.facts()) {
    const auto reads = [&](const std::string& field) { return MayRead(fact.is(), field); };
    if (absl::c_none_of(changing, reads)) facts.push_back(fact);
  }
  return facts;
}

std::string Where(const v1::RouteRule& rule) {
  if (rule.record()) return "is only recorded";
  const auto* level = v1::Level_descriptor()->FindValueByNumber(rule.level());
  return absl::StrCat("goes to ", rule.department(), " at ", ShortName(*level));
}

bool HaveSameEffects(const v1::RouteRule& one, const v1::RouteRule& other) {
  return one.record() == other.record() && one.level() == other.level() &&
         one.department() == other.department();
}

// Whether everything that one row sets, the other sets too.
bool Replaces(const v1::ClassifyRule& later, const v1::ClassifyRule& earlier) {
  return (earlier.category().empty() || !later.category().empty()) &&
         (earlier.severity() == v1::SEVERITY_UNSPECIFIED ||
          later.severity() != v1::SEVERITY_UNSPECIFIED) &&
         (earlier.touchpoint().empty() || !later.touchpoint().empty()) &&
         (earlier.segment().empty() || !later.segment().empty());
}

// Checks one playbook.
class WarningFinder {
 public:
  WarningFinder(absl::string_view source, const Playbook& playbook, const PlaybookText& text)
      : source_(source),
        playbook_(playbook),
        message_(playbook.message()),
        text_(text),
        changing_(FieldsSetBy(message_)),
        classify_domains_(DomainsOf(message_)),
        domains_(RouteDomainsOf(message_)) {
    const Vocabulary& vocabulary = playbook.rules().vocabulary();
    const TermReader reader({message_.facts().begin(), message_.facts().end()}, vocabulary,
                            domains_);
    for (const v1::RouteRule& rule : message_.route()) route_.push_back(reader.Read(rule.when()));
    const TermReader classify_reader(FactsThatStay(message_), vocabulary, classify_domains_);
    for (const v1::ClassifyRule& rule : message_.classify())
      classify_.push_back(classify_reader.Read(rule.when()));
  }

  PlaybookWarnings Find() {
    for (size_t i = 0; i < classify_.size(); ++i) CheckClassifyRow(i);
    for (size_t i = 0; i + 1 < route_.size(); ++i) CheckRouteRow(i);
    for (size_t i = 0; i + 1 < route_.size(); ++i) CheckOverlaps(i);
    for (int i = 0; i < message_.taxonomy_size(); ++i) CheckCategory(i);
    for (int i = 0; i < message_.departments_size(); ++i) CheckDepartment(i);
    for (v1::PlaybookWarning& note : notes_) Keep(std::move(note));
    found_.is_cut = coverage_.is_cut() || pairs_ > kCoverageStepsMax;
    const auto rank = [](const v1::PlaybookWarning& warning) {
      return std::make_tuple(warning.line(), warning.column(),
                             absl::string_view(warning.message()));
    };
    std::sort(found_.warnings.begin(), found_.warnings.end(),
              [&](const auto& left, const auto& right) { return rank(left) < rank(right); });
    return std::move(found_);
  }

 private:
  void CheckClassifyRow(size_t row) {
    const std::string& id = message_.classify(static_cast<int>(row)).id();
    const uint32_t place = RowPlace(text_.classify_conditions[row]);
    if (NoteLimits(classify_[row], text_.classify_conditions[row], id)) return;
    if (classify_[row].when_true.empty()) return WarnNeverTrue(id, place);
    for (size_t later = row + 1; later < classify_.size(); ++later) {
      if (!Replaces(message_.classify(static_cast<int>(later)),
                    message_.classify(static_cast<int>(row))) ||
          IsLookedAtBetween(row, later))
        continue;
      if (classify_[later].is_exact() && IsWithin(classify_[row], classify_[later]))
        return WarnReplaced(row, later, place);
    }
  }

  // Whether what a row sets may matter to some row before the later one.
  bool IsLookedAtBetween(size_t row, size_t later) const {
    for (const std::string& field : FieldsSetBy(message_.classify(static_cast<int>(row)))) {
      for (size_t between = row + 1; between < later; ++between)
        if (MayRead(message_.classify(static_cast<int>(between)).when(), field)) return true;
    }
    return false;
  }

  // Whether whatever the one takes, the other behind it takes too, whatever of the ticket has been
  // set by then.
  bool IsWithin(const ConditionTerms& one, const ConditionTerms& other) {
    for (FactRegion region : one.when_true) {
      for (const std::string& field : changing_) region.Forget(field);
      for (const FactRegion& part : other.when_false) {
        if (++pairs_ > kCoverageStepsMax) return false;
        FactRegion both = region;
        both.Add(part);
        if (both.HasCase()) return false;
      }
    }
    return true;
  }

  void WarnReplaced(size_t row, size_t later, uint32_t place) {
    const std::string& id = message_.classify(static_cast<int>(row)).id();
    const std::string& by = message_.classify(static_cast<int>(later)).id();
    v1::PlaybookWarning warning =
        At(v1::PLAYBOOK_WARNING_KIND_REPLACED, place,
           absl::StrCat("whatever row '", id, "' sets, the later row '", by, "' replaces"));
    warning.add_rules(id);
    warning.add_rules(by);
    TrySamples(classify_[row].when_true, warning);
    if (warning.has_sample()) Keep(std::move(warning));
  }

  void CheckRouteRow(size_t row) {
    const std::string& id = message_.route(static_cast<int>(row)).id();
    const uint32_t place = RowPlace(text_.route_conditions[row]);
    if (NoteLimits(route_[row], text_.route_conditions[row], id)) {
      reached_.insert(row);
      return;
    }
    if (route_[row].when_true.empty()) return WarnNeverTrue(id, place);
    absl::btree_set<size_t> takers;
    for (const FactRegion& region : route_[row].when_true) {
      if (coverage_.LeftOver(region, row, row) || coverage_.is_cut()) {
        reached_.insert(row);
        return;
      }
      takers.insert(coverage_.takers().begin(), coverage_.takers().end());
    }
    WarnShadowed(row, takers, place);
  }

  void WarnNeverTrue(const std::string& id, uint32_t place) {
    v1::PlaybookWarning warning = At(v1::PLAYBOOK_WARNING_KIND_NEVER_TRUE, place,
                                     absl::StrCat("no issue can fulfil row '", id, "'"));
    warning.add_rules(id);
    Keep(std::move(warning));
  }

  void WarnShadowed(size_t row, const absl::btree_set<size_t>& takers, uint32_t place) {
    const std::string& id = message_.route(static_cast<int>(row)).id();
    std::vector<std::string> names;
    for (const size_t taker : takers) names.push_back(message_.route(static_cast<int>(taker)).id());
    std::string by = absl::StrJoin(
        absl::MakeConstSpan(names).subspan(0, std::min(names.size(), kRowsNamedMax)), "', '");
    if (names.size() > kRowsNamedMax)
      absl::StrAppend(&by, "' and ", names.size() - kRowsNamedMax, " more '");
    v1::PlaybookWarning warning =
        At(v1::PLAYBOOK_WARNING_KIND_SHADOWED, place,
           absl::StrCat("row '", id, "' never decides: '", by, "' above it ",
                        names.size() == 1 ? "takes" : "take", " all that it would take"));
    warning.add_rules(id);
    for (const std::string& name : names) warning.add_rules(name);
    TrySamples(route_[row].when_true, warning);
    Keep(std::move(warning));
  }

  // Pairs of rows of which neither is a special case of the other, and that disagree. Only where
  // both are understood as a whole.
  void CheckOverlaps(size_t later) {
    if (!route_[later].is_exact() || !reached_.contains(later)) return;
    const v1::RouteRule& rule = message_.route(static_cast<int>(later));
    for (size_t earlier = 0; earlier < later && !coverage_.is_cut(); ++earlier) {
      const v1::RouteRule& above = message_.route(static_cast<int>(earlier));
      if (!route_[earlier].is_exact() || HaveSameEffects(rule, above)) continue;
      // A row below another one is an exception to it; an override is one to all.
      if (!above.account().empty() || above.parent() == rule.id()) continue;
      const std::optional<FactRegion> shared = coverage_.Shared(earlier, later);
      if (!shared) continue;
      const std::optional<FactRegion> only_above = coverage_.Beyond(earlier, later);
      const std::optional<FactRegion> only_below = coverage_.Beyond(later, earlier);
      if (only_above && only_below) WarnOverlap(later, earlier, *shared, *only_above);
    }
  }

  void WarnOverlap(size_t later, size_t earlier, const FactRegion& shared,
                   const FactRegion& only_above) {
    const v1::RouteRule& rule = message_.route(static_cast<int>(later));
    const v1::RouteRule& above = message_.route(static_cast<int>(earlier));
    v1::PlaybookWarning warning =
        At(v1::PLAYBOOK_WARNING_KIND_OVERLAP, RowPlace(text_.route_conditions[later]),
           absl::StrCat("what fulfils both '", rule.id(), "' and '", above.id(), "' ",
                        Where(above), " by the row above, where this one ", Where(rule)));
    warning.add_rules(rule.id());
    warning.add_rules(above.id());
    const std::optional<v1::SampleCase> other = only_above.Simplest();
    if (!other) return;
    const std::vector<std::string> rows = Decide(*other).route_rules;
    const bool is_exception = std::find(rows.begin(), rows.end(), above.id()) == rows.end() ||
                              std::find(rows.begin(), rows.end(), rule.id()) != rows.end();
    TrySamples({shared}, warning);
    if (!is_exception && warning.has_sample()) Keep(std::move(warning));
  }

  // A category that no row asks for, so that its issues go where the last row sends them.
  void CheckCategory(int number) {
    const std::string& id = message_.taxonomy(number).id();
    FactAtom atom{FactAtom::Kind::kOneOf, {}, {id}, {}};
    atom.field = {"ticket.category",
                  {v1::TicketFacts::descriptor()->FindFieldByName("category")},
                  FactField::Kind::kText};
    FactRegion region(domains_);
    region.Add(atom, /*is_negated=*/false);
    v1::PlaybookWarning warning =
        At(v1::PLAYBOOK_WARNING_KIND_ONLY_CATCH_ALL, text_.tree[text_.categories[number]].offset,
           absl::StrCat("no row asks for the category '", id,
                        "': unless something else about them does, its issues go where the last "
                        "row '",
                        message_.route(message_.route_size() - 1).id(), "' sends them"));
    warning.add_rules(message_.route(message_.route_size() - 1).id());
    warning.set_category(id);
    for (size_t row = 0; row + 1 < route_.size(); ++row) {
      if (route_[row].is_too_large) return;
      for (const FactRegion& taken : route_[row].when_true) {
        FactRegion both = taken;
        both.Add(region);
        if (taken.AsksFor("ticket.category") && both.HasCase()) return;
      }
    }
    TrySamples({region}, warning);
    if (warning.has_sample()) Keep(std::move(warning));
  }

  void CheckDepartment(int number) {
    const std::string& id = message_.departments(number).id();
    std::vector<std::string> rows;
    for (size_t row = 0; row < route_.size(); ++row) {
      if (message_.route(static_cast<int>(row)).department() != id) continue;
      if (row + 1 == route_.size() || reached_.contains(row)) return;
      rows.push_back(message_.route(static_cast<int>(row)).id());
    }
    v1::PlaybookWarning warning =
        At(v1::PLAYBOOK_WARNING_KIND_NO_ROUTE, text_.tree[text_.departments[number]].offset,
           rows.empty() ? absl::StrCat("no route row leads to the department '", id, "'")
                        : absl::StrCat("the only rows that lead to the department '", id,
                                       "' never decide: '", absl::StrJoin(rows, "', '"), "'"));
    for (const std::string& row : rows) warning.add_rules(row);
    Keep(std::move(warning));
  }

  // Says what is not analysed. True: nothing can be said of the row.
  bool NoteLimits(const ConditionTerms& terms, const WrittenText& written, const std::string& id) {
    if (terms.is_exact()) return false;
    uint32_t place = RowPlace(written);
    std::string why = absl::StrCat("row '", id, "' is not analysed: it has more than ", kTermsMax,
                                   " alternatives");
    if (!terms.is_too_large) {
      const uint32_t offset = *terms.passed_over;
      const bool is_own = written.place != kNoYaml && offset >= written.start &&
                          offset < written.start + written.size;
      if (is_own)
        place = SourceOffset(source_, text_.tree[written.place], offset - written.start);
      why = absl::StrCat("row '", id, "' is analysed without this part of its condition");
    }
    v1::PlaybookWarning warning = At(v1::PLAYBOOK_WARNING_KIND_NOT_ANALYSED, place, why);
    warning.add_rules(id);
    notes_.push_back(std::move(warning));
    return terms.is_too_large;
  }

  uint32_t RowPlace(const WrittenText& written) const {
    if (written.place == kNoYaml) return text_.tree[written.row].offset;
    return SourceOffset(source_, text_.tree[written.place], 0);
  }

  // The first of the regions' simplest cases that shows what is said.
  void TrySamples(const std::vector<FactRegion>& regions, v1::PlaybookWarning& warning) const {
    for (const FactRegion& region : regions) {
      const std::optional<v1::SampleCase> sample = region.Simplest();
      if (!sample || !Shows(warning, Decide(*sample))) continue;
      *warning.mutable_sample() = *sample;
      return;
    }
  }

  Matches Decide(const v1::SampleCase& sample) const {
    return FindMatches(playbook_.rules(), {sample.issue(), sample.ticket(), sample.customer()});
  }

  v1::PlaybookWarning At(Kind kind, uint32_t offset, std::string message) const {
    v1::PlaybookWarning warning;
    const cel::Position position = cel::PositionAt(source_, offset);
    warning.set_kind(kind);
    warning.set_line(position.line);
    warning.set_column(position.column);
    warning.set_message(std::move(message));
    warning.set_excerpt(cel::CaretExcerpt(source_, offset));
    return warning;
  }

  void Keep(v1::PlaybookWarning warning) {
    if (found_.warnings.size() < kPlaybookWarningsMax)
      found_.warnings.push_back(std::move(warning));
    else
      ++found_.left_out;
  }

  const absl::string_view source_;
  const Playbook& playbook_;
  const v1::Playbook& message_;
  const PlaybookText& text_;
  const absl::btree_set<std::string> changing_;  // while the rows of classify are walked
  const FactDomains classify_domains_;
  const FactDomains domains_;  // of route
  std::vector<ConditionTerms> classify_;
  std::vector<ConditionTerms> route_;
  RowCoverage coverage_{route_};
  uint64_t pairs_ = 0;                // of classify regions compared
  absl::btree_set<size_t> reached_;  // route rows that may decide something
  PlaybookWarnings found_;
  std::vector<v1::PlaybookWarning> notes_;  // of what is not analysed; listed where there is room
};

bool Has(const std::vector<std::string>& rows, const std::string& row) {
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

}  // namespace

PlaybookWarnings FindWarnings(absl::string_view source, const PlaybookCompilation& compilation) {
  CHECK(compilation.playbook != nullptr && compilation.text != nullptr);
  const v1::Playbook& message = compilation.playbook->message();
  if (message.route_size() + message.classify_size() > kRowsAnalysedMax) {
    PlaybookWarnings none;
    none.is_cut = true;
    return none;
  }
  return WarningFinder(source, *compilation.playbook, *compilation.text).Find();
}

bool Shows(const v1::PlaybookWarning& warning, const Matches& matches) {
  const v1::Decision& decision = matches.decision;
  const std::vector<std::string> classify(decision.classify_rules().begin(),
                                          decision.classify_rules().end());
  switch (warning.kind()) {
    case v1::PLAYBOOK_WARNING_KIND_REPLACED:
      return Has(classify, warning.rules(0)) && Has(classify, warning.rules(1));
    case v1::PLAYBOOK_WARNING_KIND_SHADOWED:
      return Has(matches.route_rules, warning.rules(0)) &&
             decision.route_rule() != warning.rules(0);
    case v1::PLAYBOOK_WARNING_KIND_OVERLAP:
      return Has(matches.route_rules, warning.rules(0)) &&
             decision.route_rule() == warning.rules(1);
    case v1::PLAYBOOK_WARNING_KIND_ONLY_CATCH_ALL:
      return decision.route_rule() == warning.rules(0) &&
             decision.effects().category() == warning.category();
    default:
      return false;
  }
}

}  // namespace redress::engine
