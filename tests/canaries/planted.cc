#include "tests/canaries/planted.h"

namespace redress::canary {
namespace {

std::string& Awake() {
  static auto& name = *new std::string;
  return name;
}

}  // namespace

bool IsPlanted(const char* name) { return Awake() == name; }
void Wake(const std::string& name) { Awake() = name; }

}  // namespace redress::canary
