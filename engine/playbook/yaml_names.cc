#include "engine/playbook/yaml_names.h"

#include "absl/strings/str_cat.h"

namespace redress::engine {

void YamlNames::Check(YamlReader& reader) const {
  const std::vector<std::string> names(defined_.begin(), defined_.end());
  for (const Used& used : used_) {
    if (Has(used.name)) continue;
    reader.Fail(used.place, absl::StrCat("no ", kind_, " is named '", used.name, "'",
                                         cel::DidYouMean(used.name, names)));
  }
}

}  // namespace redress::engine
