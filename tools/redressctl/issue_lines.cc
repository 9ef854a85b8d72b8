#include "tools/redressctl/issue_lines.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "tools/redressctl/session.h"

namespace redress::ctl {

IssueFile ReadIssueLines(std::istream& in, const std::string& id_prefix) {
  IssueFile file;
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (text.empty() || absl::StartsWith(text, "#")) continue;
    if (number > kIssueLinesMax) {
      file.faults.push_back({number, "the file has more than 10,000,000 lines"});
      break;
    }
    IssueLine issue;
    issue.line = number;
    const auto status = google::protobuf::util::JsonStringToMessage(
        {text.data(), text.size()}, issue.request.mutable_issue());
    if (!status.ok()) {
      file.faults.push_back({number, status.message().ToString()});
      continue;
    }
    issue.request.set_request_id(id_prefix.empty() ? Session::NewRequestId()
                                                   : absl::StrCat(id_prefix, "-", number));
    file.issues.push_back(std::move(issue));
  }
  return file;
}

}  // namespace redress::ctl
