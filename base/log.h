// The server's log: one line per event on standard error, through spdlog.
//
// Nothing that a customer wrote or that names a person goes into the log.
#pragma once

#include <spdlog/spdlog.h>

#include "absl/strings/string_view.h"

namespace redress::base {

// Sets the level (trace, debug, info, warn, error) and the line format. Call once, from main.
// False: unknown level.
bool SetUpLog(absl::string_view level);

}  // namespace redress::base
