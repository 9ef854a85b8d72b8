#include "services/figure_difference.h"

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace redress::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string ValueOf(const Message& message, const FieldDescriptor& field) {
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, &field, -1, &text);
  return text;
}

std::string Told(absl::string_view path, absl::string_view cells, absl::string_view ledger) {
  return absl::StrCat(path, " is ", cells, " in the cells, ", ledger, " in the ledger");
}

std::string Compare(const std::string& path, const Message& cells, const Message& ledger);

std::string CompareRepeated(const std::string& path, const Message& cells, const Message& ledger,
                            const FieldDescriptor& field) {
  const int size = cells.GetReflection()->FieldSize(cells, &field);
  const int other = ledger.GetReflection()->FieldSize(ledger, &field);
  if (size != other)
    return Told(absl::StrCat("the number of ", path), absl::StrCat(size), absl::StrCat(other));
  for (int i = 0; i < size; ++i) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;  // names, not figures
    const std::string found = Compare(
        absl::StrCat(path, "[", i, "]"),
        cells.GetReflection()->GetRepeatedMessage(cells, &field, i),
        ledger.GetReflection()->GetRepeatedMessage(ledger, &field, i));
    if (!found.empty()) return found;
  }
  return "";
}

// Field by field, in the order of the schema.
std::string Compare(const std::string& path, const Message& cells, const Message& ledger) {
  const auto& type = *cells.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string name =
        path.empty() ? std::string(field.name()) : absl::StrCat(path, ".", field.name());
    std::string found;
    if (field.is_repeated()) {
      found = CompareRepeated(name, cells, ledger, field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      found = Compare(name, cells.GetReflection()->GetMessage(cells, &field),
                      ledger.GetReflection()->GetMessage(ledger, &field));
    } else {
      const std::string left = ValueOf(cells, field);
      const std::string right = ValueOf(ledger, field);
      if (left != right) found = Told(name, left, right);
    }
    if (!found.empty()) return found;
  }
  return "";
}

std::string NameOf(const v1::ReportRow& row) { return row.value(); }
std::string NameOf(const v1::MeasureRow& row) { return absl::StrJoin(row.values(), "/"); }

// Rows of two tables, both in the order of their names.
template <class Rows>
std::string CompareRows(const std::string& table, const Rows& cells, const Rows& ledger) {
  const int both = std::min(cells.size(), ledger.size());
  for (int i = 0; i < both; ++i) {
    const std::string left = NameOf(cells[i]);
    const std::string right = NameOf(ledger[i]);
    if (left != right)
      return absl::StrCat(table, " \"", std::min(left, right), "\" is only in the ",
                          left < right ? "cells" : "ledger");
    const std::string found = Compare("", cells[i], ledger[i]);
    if (!found.empty()) return absl::StrCat(table, " \"", left, "\": ", found);
  }
  if (cells.size() == ledger.size()) return "";
  const bool in_cells = cells.size() > both;
  return absl::StrCat(table, " \"", NameOf(in_cells ? cells[both] : ledger[both]),
                      "\" is only in the ", in_cells ? "cells" : "ledger");
}

}  // namespace

std::string FindDifference(const v1::Report& cells, const v1::Report& ledger) {
  if (const std::string found = Compare("", cells.total(), ledger.total()); !found.empty())
    return absl::StrCat("total: ", found);
  for (int i = 0; i < std::min(cells.tables_size(), ledger.tables_size()); ++i) {
    const std::string table = absl::AsciiStrToLower(
        absl::StripPrefix(v1::Dimension_Name(cells.tables(i).dimension()), "DIMENSION_"));
    const std::string found = CompareRows(table, cells.tables(i).rows(), ledger.tables(i).rows());
    if (!found.empty()) return found;
  }
  return "";
}

std::string FindDifference(const v1::MeasureReport& cells, const v1::MeasureReport& ledger) {
  const auto of_measure = [&](const std::string& found) {
    return absl::StrCat(cells.id(), ": ", found);
  };
  if (const std::string found = Compare("", cells.total(), ledger.total()); !found.empty())
    return of_measure(absl::StrCat("total: ", found));
  for (int i = 0; i < std::min(cells.tables_size(), ledger.tables_size()); ++i) {
    const std::string found =
        CompareRows(cells.tables(i).by(), cells.tables(i).rows(), ledger.tables(i).rows());
    if (!found.empty()) return of_measure(found);
  }
  const std::string found = CompareRows("part", cells.series(), ledger.series());
  return found.empty() ? found : of_measure(found);
}

}  // namespace redress::services
