#include "tools/redressctl/profile_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using google::protobuf::Struct;
using history::ColumnProfile;
using history::ValueProfile;
using text::Align;
using text::FormatCount;

constexpr size_t kValuesShown = 20;
constexpr int kValueColumns = 48;

void Set(Struct& object, const std::string& name, int64_t number) {
  (*object.mutable_fields())[name].set_number_value(static_cast<double>(number));
}

}  // namespace

std::string ProfileText(const std::vector<ColumnProfile>& profiles, bool has_color) {
  std::string out;
  for (const ColumnProfile& profile : profiles) {
    std::vector<std::pair<std::string, ValueProfile>> values(profile.values.begin(),
                                                             profile.values.end());
    std::sort(values.begin(), values.end(), [](const auto& left, const auto& right) {
      if (left.second.rows != right.second.rows) return left.second.rows > right.second.rows;
      return left.first < right.first;
    });
    absl::StrAppend(&out, text::Printable(profile.name), ": ", FormatCount(values.size()),
                    " values, ", FormatCount(profile.changes), " changes in ",
                    FormatCount(profile.cases_changed), " cases\n");
    text::Table table({{"VALUE", Align::kLeft, kValueColumns},
                       {"ROWS", Align::kRight},
                       {"CASES", Align::kRight},
                       {"FIRST", Align::kRight},
                       {"LAST", Align::kRight}});
    for (size_t i = 0; i < std::min(values.size(), kValuesShown); ++i) {
      const auto& [value, counts] = values[i];
      table.AddRow({value.empty() ? "(empty)" : value, FormatCount(counts.rows),
                    FormatCount(counts.cases), FormatCount(counts.first),
                    FormatCount(counts.last)});
    }
    absl::StrAppend(&out, table.Render(has_color), "\n");
  }
  return out;
}

Struct ProfileJson(const std::vector<ColumnProfile>& profiles) {
  Struct columns;
  for (const ColumnProfile& profile : profiles) {
    Struct& column = *(*columns.mutable_fields())[profile.name].mutable_struct_value();
    Set(column, "distinct", static_cast<int64_t>(profile.values.size()));
    Set(column, "changes", profile.changes);
    Set(column, "casesChanged", profile.cases_changed);
    Set(column, "returns", profile.returns);
    Set(column, "casesReturned", profile.cases_returned);
    for (const auto* part : {"rows", "cases", "first", "last"})
      (*column.mutable_fields())[part].mutable_struct_value();
    for (const auto& [value, counts] : profile.values) {
      const std::pair<const char*, int64_t> parts[] = {{"rows", counts.rows},
                                                       {"cases", counts.cases},
                                                       {"first", counts.first},
                                                       {"last", counts.last}};
      for (const auto& [part, count] : parts)
        Set(*(*column.mutable_fields())[part].mutable_struct_value(), value, count);
    }
    Struct& moves = *(*column.mutable_fields())["moves"].mutable_struct_value();
    for (const auto& [move, count] : profile.moves) Set(moves, move, count);
  }
  return columns;
}

}  // namespace redress::ctl
