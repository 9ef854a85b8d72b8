// One version of all configuration, checked and ready to decide with.
//
// A playbook is immutable. Several versions live at once: requests in flight still use the one that
// they began with after a newer one is published, so whoever keeps the live version holds it by
// shared_ptr<const Playbook> and gives each request a copy of that pointer; that is the one reason
// for sharing. It holds no reference to its source.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "engine/measure/measure.h"
#include "engine/playbook/zones.h"
#include "engine/rules/rule_tables.h"
#include "engine/time/calendar.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

struct PlaybookCompilation;

class Playbook {
 public:
  Playbook(const Playbook&) = delete;
  Playbook& operator=(const Playbook&) = delete;

  const std::string& name() const { return message_.name(); }

  // SHA-256 in hex: of the source, followed by the rules of the zones where there are calendars.
  const std::string& hash() const { return rules_->playbook_hash(); }

  // The tables, for Route and Explain.
  const RuleTables& rules() const { return *rules_; }

  // As written.
  const redress::v1::Playbook& message() const { return message_; }

  // The department, or nullptr when there is none of that id.
  const redress::v1::Department* FindDepartment(absl::string_view id) const;

  // The calendar, or nullptr when there is none of that id.
  const Calendar* FindCalendar(absl::string_view id) const;
  // SHA-256 in hex of what the calendar says and of its zone's rules. REQUIRES: there is one.
  const std::string& CalendarHash(absl::string_view id) const;
  // The rules that its calendars were made with, in the order of the names.
  const google::protobuf::RepeatedPtrField<redress::v1::ZoneRules>& zones() const {
    return zones_;
  }

  // The company's own figures.
  const MeasureSet& measures() const { return *measures_; }

  bool HasCategory(absl::string_view id) const { return categories_.contains(id); }
  bool HasTouchpoint(absl::string_view id) const { return touchpoints_.contains(id); }

 private:
  friend PlaybookCompilation CompilePlaybook(absl::string_view source, const ZoneSource& zones);

  struct CalendarVersion {
    Calendar calendar;
    std::string hash;
  };

  Playbook(redress::v1::Playbook message, ZoneBook& zones);

  redress::v1::Playbook message_;
  std::unique_ptr<const RuleTables> rules_;  // refers to message_
  std::unique_ptr<const MeasureSet> measures_;  // refers to message_, and to this for calendars
  google::protobuf::RepeatedPtrField<redress::v1::ZoneRules> zones_;
  absl::flat_hash_map<absl::string_view, CalendarVersion> calendars_;
  absl::flat_hash_map<absl::string_view, const redress::v1::Department*> departments_;
  absl::flat_hash_set<absl::string_view> categories_;
  absl::flat_hash_set<absl::string_view> touchpoints_;
};

// One fault of a playbook.
struct Finding {
  int line;    // from 1
  int column;  // from 1, in characters
  std::string message;
  std::string excerpt;  // the line of the text, and a caret on a line below it
};

// "12:7: no department is named 'biling'; did you mean 'billing'?", then the excerpt.
std::string Render(const Finding& finding);

// See Playbook::hash. `zones`: the rules of the zones that the source names.
std::string PlaybookHash(
    absl::string_view source,
    const google::protobuf::RepeatedPtrField<redress::v1::ZoneRules>& zones);

struct PlaybookText;

struct PlaybookCompilation {
  std::unique_ptr<const Playbook> playbook;  // nullptr exactly when there are findings
  std::vector<Finding> findings;             // in the order of the text, cel::kIssuesMax at most
  std::string playbook_hash;                 // see Playbook::hash, whether it compiled or not
  int examples = 0;                          // how many were run
  // Where its parts stand, without the playbook itself; null when there are findings. Shared, so
  // that only those need to know it who look at it.
  std::shared_ptr<const PlaybookText> text;
};

// Reads, checks and compiles a playbook, then runs its examples. Every fault of the text and of the
// conditions is found at once; examples are run when there are none.
PlaybookCompilation CompilePlaybook(absl::string_view source, const ZoneSource& zones);

// The same, with the zones of this system: for a playbook that was not published yet.
PlaybookCompilation CompilePlaybook(absl::string_view source);

}  // namespace redress::engine
