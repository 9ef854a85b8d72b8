// The machine's files, with points at which the process ends in the midst of an operation.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <memory>
#include <string>

#include "tests/crash/point.h"

namespace redress::test {

// `death` outlives the environment.
std::unique_ptr<rocksdb::Env> NewMortalDisk(Death& death);

}  // namespace redress::test
