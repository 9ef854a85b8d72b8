// What is checked. Each function reports every breach that it finds.
#pragma once

#include <string>
#include <vector>

#include "tools/repo_check/tree.h"

namespace redress::repo_check {

// Who may include whom (docs/ARCHITECTURE.md), and vendor headers only where they belong.
void CheckIncludes(const std::vector<SourceFile>& files, Complaints& complaints);

// Names that a pure engine must not use: clocks, random numbers, threads, streams, throwing,
// floating point in stored messages, maps in stored messages.
void CheckPurity(const std::vector<SourceFile>& files, Complaints& complaints);

// Lines, functions and files that are too long. tools/repo_check/ratchet.txt lists what was too
// long before, each with its length; it may only shrink, and what is no longer too long must leave
// it.
void CheckLengths(const std::vector<SourceFile>& files, Complaints& complaints);

// Every test file is named by a CMakeLists.txt, and every file that a document names exists.
void CheckDocuments(const std::string& top, const std::vector<SourceFile>& files,
                    Complaints& complaints);

}  // namespace redress::repo_check
