#include "tools/text/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "tools/text/display_width.h"

namespace redress::text {
namespace {

constexpr char kBold[] = "\x1b[1m";
constexpr char kPlain[] = "\x1b[0m";
constexpr int kGap = 2;

std::string Pad(const std::string& cell, int width, Align align) {
  const std::string blanks(static_cast<size_t>(std::max(0, width - DisplayWidth(cell))), ' ');
  return align == Align::kLeft ? cell + blanks : blanks + cell;
}

std::string Join(const std::vector<std::string>& cells, const std::vector<Column>& columns,
                 const std::vector<int>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.append(kGap, ' ');
    line += Pad(cells[i], widths[i], columns[i].align);
  }
  return std::string(absl::StripTrailingAsciiWhitespace(line));
}

std::string Bold(const std::string& line, bool has_color) {
  return has_color ? absl::StrCat(kBold, line, kPlain) : line;
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  CHECK_EQ(cells.size(), columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i] = Printable(cells[i]);
    if (columns_[i].columns_max > 0) cells[i] = CutToWidth(cells[i], columns_[i].columns_max);
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Render(bool has_color) const {
  std::vector<int> widths;
  std::vector<std::string> titles;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    widths.push_back(width);
    titles.push_back(columns_[i].title);
  }
  std::string out = Bold(Join(titles, columns_, widths), has_color) + "\n";
  for (const auto& row : rows_) absl::StrAppend(&out, Join(row, columns_, widths), "\n");
  return out;
}

std::string RenderFields(const std::vector<std::pair<std::string, std::string>>& fields,
                         bool has_color) {
  int width = 0;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) width = std::max(width, DisplayWidth(name));
  }
  std::string out;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    absl::StrAppend(&out, Bold(Pad(name, width, Align::kLeft), has_color), "  ", Printable(value),
                    "\n");
  }
  return out;
}

}  // namespace redress::text
