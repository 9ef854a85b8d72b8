// A test with a server of its own on an empty directory.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/desk.h"
#include "tests/support/server_process.h"

namespace redress::test {

// Removed with all it holds.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = testing::TempDir() + "redress_e2e_XXXXXX";
    const char* made = mkdtemp(pattern.data());
    EXPECT_NE(made, nullptr);
    path_ = made;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(std::vector<std::string> flags = {})
      : server_(scratch_.Path("data"), std::move(flags)) {}
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Start()); }

  void Start() {
    ASSERT_TRUE(server_.Start()) << server_.log();
    desk_ = std::make_unique<Desk>(server_.port());
  }
  // An idle client does not notice for seconds that its server drains, so it leaves first.
  void Stop() {
    desk_.reset();
    ASSERT_EQ(server_.Stop(), 0) << server_.log();
  }
  void Restart() {
    ASSERT_NO_FATAL_FAILURE(Stop());
    ASSERT_NO_FATAL_FAILURE(Start());
  }
  const Desk& desk() const { return *desk_; }

  const ScratchDirectory scratch_;
  ServerProcess server_;
  std::unique_ptr<Desk> desk_;
};

}  // namespace redress::test
