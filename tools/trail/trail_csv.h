// A trail's lines as rows of a table, for programs that know nothing else.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "redress/v1/trail.pb.h"

namespace redress::trail {

// The first line of a CSV trail: the names of the columns.
std::string CsvHeader();

// A row as RFC 4180 writes it. The column `event` holds the event as JSON.
std::string ToCsv(const v1::TrailLine& line);

// DATA_LOSS: it is no such row. Columns for people are not read: they are made anew to be compared.
absl::StatusOr<v1::TrailLine> FromCsv(absl::string_view text);

}  // namespace redress::trail
