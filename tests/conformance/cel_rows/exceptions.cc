#include "tests/conformance/cel_rows/exceptions.h"

#include "absl/strings/match.h"

namespace redress::conformance {
namespace {

constexpr absl::string_view kDepth =
    "the case sets a limit of 32 levels, without a place in the text; here the limit is 250";
constexpr absl::string_view kQuotes =
    "names between backquotes are off in that implementation by default; here they are on, as the "
    "fields file needs them";
constexpr absl::string_view kOneEscape =
    "a text with a bad escape is one issue here; there its pieces are read on as other tokens";
constexpr absl::string_view kNested =
    "an optional sign inside a refused optional entry is an issue of its own here";
constexpr absl::string_view kExistsOne =
    "existsOne is a macro here, as another row of the same file wants it";
constexpr absl::string_view kGarbage =
    "that parser gives up and reports a recovery limit; here the text without an end is reported";

struct Listed {
  absl::string_view file;
  absl::string_view start;  // of the expression
  absl::string_view reason;
};

constexpr Listed kListed[] = {
    {"checking", "{?'key': {'a': 'b'}.?value}", kNested},
    {"comprehension", "\n\t\t\"key1:value1:extra key2:value2 key3\"", kNested},
    {"parsing", "x{?.", kNested},
    {"parsing", "m.existsOne(v, f)", kExistsOne},
    {"parsing", R"("\xFh")", kOneEscape},
    {"parsing", R"("\a\b\f\n\r\t\v\'\"\\\? Illegal escape \>")", kOneEscape},
    {"parsing", "\xC3\xB3\xC2\xA0\xC2\xA2", kGarbage},
    {"parsing", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", kDepth},
    {"parsing", "-[-1--1--1--1---1--1--1--0", kDepth},
    {"parsing", "y!=y!=y!=y!=y!=y!=", kDepth},
    {"parsing", "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10\n", kDepth},
    {"parsing", "a.b.c.d.e.f.g.h.i.j.k.l.m.n", kDepth},
    {"parsing", "a[1][2][3][4][5][6][7][8][9][10]", kDepth},
    {"parsing", "a < 1 < 2 < 3 < 4 < 5 < 6", kDepth},
    {"parsing", "a.`b", kQuotes},
    {"parsing", "a.`in`", kQuotes},
    {"parsing", "a.`/foo`", kQuotes},
    {"parsing", "Message{`in`: true}", kQuotes},
    {"parsing", "`b-c`", kQuotes},
};

}  // namespace

std::string ListedReason(absl::string_view file, absl::string_view expression) {
  for (const Listed& listed : kListed) {
    if (listed.file == file && absl::StartsWith(expression, listed.start)) {
      return std::string(listed.reason);
    }
  }
  return "";
}

}  // namespace redress::conformance
