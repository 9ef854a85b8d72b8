// Everything of the outside world that a command touches, so that tests can stand in for it.
#pragma once

#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace redress::ctl {

// REQUIRES: the streams outlive it.
struct Terminal {
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // messages
  bool is_out_tty = false;
  bool is_err_tty = false;
  std::function<std::optional<std::string>(const char*)> environment = {};
  std::function<absl::Time()> now = {};
  std::function<void(absl::Duration)> sleep = {};
};

// What the process tells its caller. Numbers from sysexits where it has one.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitRetryLater = 75;
inline constexpr int kExitPermission = 77;

}  // namespace redress::ctl
