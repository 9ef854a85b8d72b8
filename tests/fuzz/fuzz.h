// One input of a fuzz target. With REDRESS_FUZZ libFuzzer makes the inputs; otherwise
// corpus_main.cc reads them from a folder and changes them a little.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace redress::fuzz {

inline absl::string_view ViewOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace redress::fuzz
