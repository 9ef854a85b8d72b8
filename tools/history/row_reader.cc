#include "tools/history/row_reader.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "tools/text/enum_text.h"

namespace redress::history {
namespace {

absl::Status Wrong(const std::string& column, absl::string_view value, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(column, ": \"", value, "\" ", rule));
}

// An id's form of a name: "Category 42" becomes "category_42". Letters beyond ASCII stay.
std::string IdOf(absl::string_view name) {
  std::string id;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool stays = byte >= 0x80 || absl::ascii_isalnum(byte) || letter == '-';
    if (stays) {
      id += absl::ascii_tolower(byte);
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  return id;
}

}  // namespace

absl::StatusOr<RowReader> RowReader::Create(const Mapping& mapping,
                                            const std::vector<std::string>& header) {
  RowReader reader(mapping, header.size());
  for (size_t i = 0; i < header.size(); ++i) {
    if (!reader.positions_.emplace(header[i], i).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("the column \"", header[i], "\" stands twice"));
    }
  }
  std::vector<std::string> lacking;
  for (const std::string& column : mapping.Columns()) {
    if (!reader.positions_.contains(column)) lacking.push_back(absl::StrCat("\"", column, "\""));
  }
  if (lacking.empty()) return reader;
  return absl::InvalidArgumentError(absl::StrCat(
      "the mapping names columns that the file does not have: ", absl::StrJoin(lacking, ", "),
      "; it has ", absl::StrJoin(header, ", ")));
}

const std::string& RowReader::Field(const Fields& fields, const std::string& column) const {
  static const std::string& empty = *new std::string;
  const auto found = positions_.find(column);
  if (column.empty() || found == positions_.end()) return empty;
  const std::string& field = fields[found->second];
  const auto& marks = mapping_.missing;
  return std::find(marks.begin(), marks.end(), field) == marks.end() ? field : empty;
}

absl::StatusOr<std::string> RowReader::Value(const Fields& fields, const Source& source) const {
  if (source.constant.has_value()) return *source.constant;
  const std::string& field = Field(fields, source.column);
  if (field.empty()) return source.missing;
  if (source.scale > 0) return Scaled(field, source);
  if (source.table.empty()) return field;
  const auto found = source.table.find(field);
  if (found == source.table.end()) {
    return Wrong(source.column, field, "is not in the mapping's table");
  }
  return found->second;
}

absl::StatusOr<std::string> RowReader::Scaled(const std::string& field, const Source& source) {
  double number = 0;
  if (!absl::SimpleAtod(field, &number) || !std::isfinite(number)) {
    return Wrong(source.column, field, "is not a number");
  }
  return absl::StrCat(std::llround(number * static_cast<double>(source.scale)));
}

absl::StatusOr<int64_t> RowReader::Number(const Fields& fields, const std::string& column) const {
  const std::string& field = Field(fields, column);
  int64_t number = 0;
  if (!absl::SimpleAtoi(field, &number)) return Wrong(column, field, "is not a whole number");
  return number;
}

absl::StatusOr<std::optional<absl::Time>> RowReader::Time(const Fields& fields,
                                                          const std::string& column,
                                                          const std::string& missing) const {
  const std::string& given = Field(fields, column);
  const std::string& field = given.empty() ? missing : given;
  if (field.empty()) return std::optional<absl::Time>();
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(mapping_.time_format, field, mapping_.zone, &time, &why)) {
    return Wrong(column, field, absl::StrCat("is not a time of the form ", mapping_.time_format));
  }
  return std::optional<absl::Time>(time);
}

template <typename Enum>
absl::StatusOr<Enum> RowReader::EnumValue(const Fields& fields, const Source& source) const {
  ASSIGN_OR_RETURN(const std::string value, Value(fields, source));
  if (value.empty()) return static_cast<Enum>(0);
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  const auto* found = text::FindByShortName(*type, value);
  if (found == nullptr) {
    return Wrong(source.column, value,
                 absl::StrCat("is none of ", absl::StrJoin(text::ShortNames(*type), ", ")));
  }
  return static_cast<Enum>(found->number());
}

std::string RowReader::CaseId(const Fields& fields) const {
  const auto found = positions_.find(mapping_.case_id);
  if (found == positions_.end() || found->second >= fields.size()) return "";
  return fields.size() == columns_ ? Field(fields, mapping_.case_id) : fields[found->second];
}

absl::StatusOr<CaseRow> RowReader::Read(const Fields& fields) const {
  if (fields.size() != columns_) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", fields.size(), " fields where the header has ", columns_));
  }
  CaseRow row;
  if (Field(fields, mapping_.case_id).empty()) {
    return absl::InvalidArgumentError(absl::StrCat(mapping_.case_id, ": the case's id is missing"));
  }
  RETURN_IF_ERROR(ReadState(fields, row));
  RETURN_IF_ERROR(ReadHolder(fields, row));
  RETURN_IF_ERROR(ReadIssue(fields, row.issue));
  RETURN_IF_ERROR(ReadExtras(fields, row));
  return row;
}

absl::Status RowReader::ReadState(const Fields& fields, CaseRow& row) const {
  if (!mapping_.order.empty()) {
    ASSIGN_OR_RETURN(row.order, Number(fields, mapping_.order));
  }
  ASSIGN_OR_RETURN(const std::optional<absl::Time> time,
                   Time(fields, mapping_.time, mapping_.time_missing));
  if (!time.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(mapping_.time, ": the time is missing"));
  }
  row.time = *time;
  RETURN_IF_ERROR(ReadTimes(fields, row));
  if (mapping_.state.empty()) {
    if (row.resolved) row.state.kind = StateMeaning::Kind::kResolved;
    if (row.closed) row.state.kind = StateMeaning::Kind::kClosed;
    return absl::OkStatus();
  }
  const std::string& state = Field(fields, mapping_.state);
  const auto found = mapping_.states.find(state);
  if (found == mapping_.states.end()) {
    return Wrong(mapping_.state, state, "is not in the mapping's table of states");
  }
  row.state = found->second;
  return absl::OkStatus();
}

absl::Status RowReader::ReadTimes(const Fields& fields, CaseRow& row) const {
  ASSIGN_OR_RETURN(row.opened, Time(fields, mapping_.opened));
  ASSIGN_OR_RETURN(row.resolved, Time(fields, mapping_.resolved));
  ASSIGN_OR_RETURN(row.closed, Time(fields, mapping_.closed));
  ASSIGN_OR_RETURN(row.answered, Time(fields, mapping_.answered));
  ASSIGN_OR_RETURN(row.reopened, Time(fields, mapping_.reopened));
  ASSIGN_OR_RETURN(row.first_answer_due, Time(fields, mapping_.first_answer_due));
  ASSIGN_OR_RETURN(row.resolution_due, Time(fields, mapping_.resolution_due));
  return absl::OkStatus();
}

absl::Status RowReader::ReadExtras(const Fields& fields, CaseRow& row) const {
  ASSIGN_OR_RETURN(row.note, Value(fields, mapping_.note));
  for (const auto& [name, source] : mapping_.attributes) {
    ASSIGN_OR_RETURN(std::string value, Value(fields, source));
    if (!value.empty()) row.attributes[name] = std::move(value);
  }
  for (const std::string& column : mapping_.kept) row.kept[column] = fields[positions_.at(column)];
  return absl::OkStatus();
}

absl::Status RowReader::ReadHolder(const Fields& fields, CaseRow& row) const {
  ASSIGN_OR_RETURN(row.department, Value(fields, mapping_.department));
  ASSIGN_OR_RETURN(row.level, EnumValue<v1::Level>(fields, mapping_.level));
  ASSIGN_OR_RETURN(row.actor, Value(fields, mapping_.actor));
  ASSIGN_OR_RETURN(row.code, Value(fields, mapping_.code));
  ASSIGN_OR_RETURN(row.outcome, EnumValue<v1::Outcome>(fields, mapping_.outcome));
  if (Field(fields, mapping_.transfers).empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(row.transfers, Number(fields, mapping_.transfers));
  if (*row.transfers < 0 || *row.transfers > kTransfersMax) {
    return Wrong(mapping_.transfers, absl::StrCat(*row.transfers), "is not within 0 and 1,000");
  }
  return absl::OkStatus();
}

absl::Status RowReader::ReadIssue(const Fields& fields, v1::Issue& issue) const {
  ASSIGN_OR_RETURN(const v1::IssueKind kind, EnumValue<v1::IssueKind>(fields, mapping_.kind));
  issue.set_kind(kind);
  ASSIGN_OR_RETURN(const v1::Severity severity, EnumValue<v1::Severity>(fields, mapping_.severity));
  issue.set_severity(severity);
  ASSIGN_OR_RETURN(*issue.mutable_channel(), Value(fields, mapping_.channel));
  ASSIGN_OR_RETURN(*issue.mutable_title(), Value(fields, mapping_.title));
  ASSIGN_OR_RETURN(*issue.mutable_product(), Value(fields, mapping_.product));
  ASSIGN_OR_RETURN(const std::string customer, Value(fields, mapping_.customer));
  ASSIGN_OR_RETURN(const std::string segment, Value(fields, mapping_.segment));
  if (!customer.empty()) issue.mutable_customer()->set_id(customer);
  if (!segment.empty()) issue.mutable_customer()->set_segment(segment);
  issue.set_category(CategoryPath(fields));
  return absl::OkStatus();
}

std::string RowReader::CategoryPath(const Fields& fields) const {
  std::vector<std::string> path;
  for (const std::string& column : mapping_.category) {
    const std::string id = IdOf(Field(fields, column));
    if (id.empty()) break;
    path.push_back(id);
  }
  return absl::StrJoin(path, ".");
}

}  // namespace redress::history
