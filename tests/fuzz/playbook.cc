// The loader of playbooks: any text compiles or has findings, each at a place within it.
#include "base/check.h"
#include "engine/playbook/playbook.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto compilation = redress::engine::CompilePlaybook(redress::fuzz::ViewOf(data, size));
  CHECK_EQ(compilation.playbook == nullptr, !compilation.findings.empty());
  for (const redress::engine::Finding& finding : compilation.findings) {
    CHECK(finding.line >= 1 && finding.column >= 1);
    CHECK(!finding.message.empty());
    CHECK(!redress::engine::Render(finding).empty());
  }
  return 0;
}
