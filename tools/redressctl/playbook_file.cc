#include "tools/redressctl/playbook_file.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace redress::ctl {

bool ReadSource(Context& context, const std::string& path, std::string& source) {
  std::ostringstream text;
  if (path == "-") {
    text << context.terminal.in.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file || !(text << file.rdbuf())) {
      context.Fail(absl::StrCat(path, " cannot be read or is empty"));
      return false;
    }
  }
  source = text.str();
  return true;
}

}  // namespace redress::ctl
