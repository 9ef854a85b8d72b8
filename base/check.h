// Assertions on our own invariants. They are on in every build: a broken invariant stops the
// process before it spreads.
//
// Never check input with these; input is rejected with a reason.
#pragma once

#include <string>

#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"

namespace redress::base {

// Prints where and what to standard error, then aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const std::string& what);

}  // namespace redress::base

#define CHECK(condition)                  \
  (ABSL_PREDICT_TRUE(condition) ? (void)0 \
                                : ::redress::base::CheckFailed(__FILE__, __LINE__, #condition))

#define CHECK_COMPARE(left, op, right)                           \
  (ABSL_PREDICT_TRUE((left)op(right))                            \
       ? (void)0                                                 \
       : ::redress::base::CheckFailed(__FILE__, __LINE__,        \
                                      ::absl::StrCat(#left " " #op " " #right ", with ", (left), \
                                                     " and ", (right))))

#define CHECK_EQ(left, right) CHECK_COMPARE(left, ==, right)
#define CHECK_NE(left, right) CHECK_COMPARE(left, !=, right)
#define CHECK_LE(left, right) CHECK_COMPARE(left, <=, right)
#define CHECK_LT(left, right) CHECK_COMPARE(left, <, right)
#define CHECK_GE(left, right) CHECK_COMPARE(left, >=, right)
#define CHECK_GT(left, right) CHECK_COMPARE(left, >, right)

// For a status that can only be OK here.
#define CHECK_OK(expression)                                                        \
  do {                                                                              \
    const auto& check_ok_status = (expression);                                     \
    if (ABSL_PREDICT_FALSE(!check_ok_status.ok()))                                  \
      ::redress::base::CheckFailed(__FILE__, __LINE__,                              \
                                   std::string(#expression " is ") + check_ok_status.ToString()); \
  } while (false)
