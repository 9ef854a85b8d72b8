// Which bug is awake in this process.
#pragma once

#include <string>

namespace redress::canary {

// Called from planted sources.
bool IsPlanted(const char* name);
// Empty: none. Call it before any planted source runs.
void Wake(const std::string& name);

}  // namespace redress::canary
