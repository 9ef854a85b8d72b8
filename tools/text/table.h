// Tables for people: aligned columns by display width, one line per row.
#pragma once

#include <string>
#include <vector>

namespace redress::text {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  int columns_max = 0;  // 0: no limit; longer cells are cut
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Cells are made printable. REQUIRES: as many cells as columns.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The title line and the rows, each ended by a newline, without blanks at line ends.
  std::string Render(bool has_color) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Lines "name  value" with the values aligned; rows with an empty value are left out.
std::string RenderFields(const std::vector<std::pair<std::string, std::string>>& fields,
                         bool has_color);

}  // namespace redress::text
