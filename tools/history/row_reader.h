// One row of an event log as values, by a mapping.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/history/case_log.h"
#include "tools/history/mapping.h"

namespace redress::history {

class RowReader {
 public:
  // Fails when the header lacks columns that the mapping names; the status lists them. REQUIRES:
  // the mapping outlives the reader.
  static absl::StatusOr<RowReader> Create(const Mapping& mapping,
                                          const std::vector<std::string>& header);

  // The case's id; empty when missing.
  std::string CaseId(const std::vector<std::string>& fields) const;

  // The row's values. The status says which column is wrong and how.
  absl::StatusOr<CaseRow> Read(const std::vector<std::string>& fields) const;

 private:
  using Fields = std::vector<std::string>;
  RowReader(const Mapping& mapping, size_t columns) : mapping_(mapping), columns_(columns) {}

  // The field of a column; empty when missing or no column is named.
  const std::string& Field(const Fields& fields, const std::string& column) const;
  absl::StatusOr<std::string> Value(const Fields& fields, const Source& source) const;
  static absl::StatusOr<std::string> Scaled(const std::string& field, const Source& source);
  absl::StatusOr<int64_t> Number(const Fields& fields, const std::string& column) const;
  absl::StatusOr<std::optional<absl::Time>> Time(const Fields& fields, const std::string& column,
                                                 const std::string& missing = "") const;
  template <typename Enum>
  absl::StatusOr<Enum> EnumValue(const Fields& fields, const Source& source) const;
  absl::Status ReadTimes(const Fields& fields, CaseRow& row) const;
  absl::Status ReadState(const Fields& fields, CaseRow& row) const;
  absl::Status ReadExtras(const Fields& fields, CaseRow& row) const;
  absl::Status ReadHolder(const Fields& fields, CaseRow& row) const;
  absl::Status ReadIssue(const Fields& fields, v1::Issue& issue) const;
  std::string CategoryPath(const Fields& fields) const;

  const Mapping& mapping_;
  size_t columns_;
  std::map<std::string, size_t> positions_;
};

}  // namespace redress::history
