// Files of issues: JSON Lines, one protobuf JSON issue a line.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "redress/v1/intake_service.pb.h"

namespace redress::ctl {

inline constexpr int64_t kIssueLinesMax = 10'000'000;

struct IssueLine {
  int64_t line = 0;
  v1::SubmitIssueRequest request;
};

struct IssueFault {
  int64_t line = 0;
  std::string reason;
};

struct IssueFile {
  std::vector<IssueLine> issues;
  std::vector<IssueFault> faults;
};

// Empty lines and lines that start with "#" are left out. A request id is `id_prefix`, a dash and
// the line's number, so the same file with the same prefix is never taken twice; random when the
// prefix is empty.
IssueFile ReadIssueLines(std::istream& in, const std::string& id_prefix);

}  // namespace redress::ctl
