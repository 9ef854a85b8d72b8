#include "tools/history/profile.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/history/case_log.h"

namespace redress::history {
namespace {

// A case's values of one column, in the order of its rows.
void AddCase(const std::vector<std::string>& values, ColumnProfile& profile) {
  std::vector<std::string> runs;
  for (const std::string& value : values) {
    ++profile.values[value].rows;
    if (runs.empty() || runs.back() != value) runs.push_back(value);
  }
  ++profile.values[values.front()].first;
  ++profile.values[values.back()].last;
  for (const std::string& value : std::set<std::string>(runs.begin(), runs.end()))
    ++profile.values[value].cases;
  profile.changes += static_cast<int64_t>(runs.size()) - 1;
  profile.cases_changed += runs.size() > 1;
  int64_t returns = 0;
  for (size_t i = 0; i + 1 < runs.size(); ++i) {
    ++profile.moves[absl::StrCat(runs[i], " -> ", runs[i + 1])];
    returns += i + 2 < runs.size() && runs[i] == runs[i + 2];
  }
  profile.returns += returns;
  profile.cases_returned += returns > 0;
}

}  // namespace

absl::StatusOr<std::vector<ColumnProfile>> ProfileLog(const Mapping& mapping,
                                                      absl::string_view text,
                                                      const std::vector<std::string>& columns) {
  Mapping wanted = mapping;
  std::vector<ColumnProfile> profiles;
  std::vector<std::vector<std::string>> parts;
  for (const std::string& column : columns) {
    profiles.emplace_back().name = column;
    parts.push_back(absl::StrSplit(column, '+'));
    for (const std::string& part : parts.back()) {
      if (part.empty()) return absl::InvalidArgumentError("a column to count needs a name");
      wanted.kept.push_back(part);
    }
  }
  const absl::StatusOr<CaseLog> log = ReadCaseLog(wanted, text);
  if (!log.ok()) return log.status();
  for (const Case& rows : log->cases) {
    for (size_t i = 0; i < columns.size(); ++i) {
      std::vector<std::string> values;
      for (const CaseRow& row : rows.rows)
        values.push_back(absl::StrJoin(
            parts[i], "/",
            [&](std::string* out, const std::string& part) { out->append(row.kept.at(part)); }));
      AddCase(values, profiles[i]);
    }
  }
  return profiles;
}

}  // namespace redress::history
