#include "tools/redressctl/issue_lines.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "tools/redressctl/session.h"
#include "tools/text/display_width.h"

namespace redress::ctl {

IssueFile ReadIssueLines(std::istream& in, const std::string& id_prefix) {
  IssueFile file;
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const absl::string_view content = absl::StripAsciiWhitespace(line);
    if (content.empty() || absl::StartsWith(content, "#")) continue;
    if (number > kIssueLinesMax) {
      file.faults.push_back({number, "the file has more than 10,000,000 lines"});
      break;
    }
    IssueLine issue;
    issue.line = number;
    const auto status = google::protobuf::util::JsonStringToMessage(
        {content.data(), content.size()}, issue.request.mutable_issue());
    if (!status.ok()) {
      file.faults.push_back({number, text::Printable(status.message().ToString())});
      continue;
    }
    issue.request.set_request_id(id_prefix.empty() ? Session::NewRequestId()
                                                   : absl::StrCat(id_prefix, "-", number));
    file.issues.push_back(std::move(issue));
  }
  return file;
}

}  // namespace redress::ctl
