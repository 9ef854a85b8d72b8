#include "engine/cel/format.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/cel/source.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

constexpr int kPrecisionMax = 100;
constexpr int kPrecisionDefault = 6;

struct Clause {
  char letter;
  int precision;
};

// Reads what follows a percent sign. Nothing, and `problem`: malformed.
std::optional<Clause> TakeClause(absl::string_view& text, std::string& problem) {
  Clause clause{'\0', kPrecisionDefault};
  bool has_precision = false;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    has_precision = true;
    clause.precision = 0;
    size_t digits = 0;
    for (; !text.empty() && absl::ascii_isdigit(text[0]); text.remove_prefix(1), ++digits) {
      clause.precision = std::min(kPrecisionMax + 1, clause.precision * 10 + (text[0] - '0'));
    }
    if (digits == 0 || clause.precision > kPrecisionMax) {
      problem = absl::StrCat("a precision is from 0 to ", kPrecisionMax);
      return std::nullopt;
    }
  }
  if (text.empty()) {
    problem = "the format ends within a clause";
    return std::nullopt;
  }
  clause.letter = text[0];
  const bool is_known =
      absl::string_view("sdfeboxX%").find(clause.letter) != absl::string_view::npos;
  if (!is_known || (has_precision && clause.letter != 'f' && clause.letter != 'e')) {
    problem = absl::StrCat("unknown clause %", has_precision ? "." : "",
                           text.substr(0, CodePointBytes(text, 0)));
    return std::nullopt;
  }
  text.remove_prefix(1);
  return clause;
}

class Formatter {
 public:
  explicit Formatter(CallContext& context) : context_(context) {}

  Value Run(absl::string_view format, absl::Span<const Value> arguments) {
    size_t used = 0;
    while (!format.empty()) {
      const size_t percent = std::min(format.find('%'), format.size());
      out_.append(format.data(), percent);
      format.remove_prefix(percent);
      if (format.empty()) break;
      format.remove_prefix(1);
      const std::optional<Clause> clause = TakeClause(format, problem_);
      if (!clause.has_value()) return context_.Error(problem_);
      if (clause->letter == '%') {
        out_ += '%';
        continue;
      }
      if (used >= arguments.size()) {
        return context_.Error(absl::StrCat("index ", used, " out of range"));
      }
      Append(*clause, arguments[used++]);
      if (!problem_.empty()) return context_.Error(problem_);
      if (out_.size() > kArenaBytesMax) return context_.OutOfMemory();
      if (is_out_of_steps_) return context_.OutOfSteps();
    }
    return context_.NewString(out_);
  }

 private:
  void Refuse(char letter, const Value& value) {
    problem_ =
        absl::StrCat("%", absl::string_view(&letter, 1), " does not take a ", TypeName(value));
  }

  void Append(Clause clause, const Value& value) {
    switch (clause.letter) {
      case 's':
        return AppendForm(value);
      case 'd':
        return AppendDecimal(value);
      case 'f':
      case 'e':
        return AppendReal(clause, value);
      case 'b':
        return AppendBinary(value);
      case 'o':
        return AppendNumber('o', value);
      default:
        return AppendHex(clause.letter, value);
    }
  }

  void AppendDecimal(const Value& value) {
    if (!value.IsNumber()) return Refuse('d', value);
    AppendForm(value);
  }

  void AppendReal(Clause clause, const Value& value) {
    if (!value.IsNumber()) return Refuse(clause.letter, value);
    const double number = value.Is(Kind::kInt)    ? static_cast<double>(value.AsInt())
                          : value.Is(Kind::kUint) ? static_cast<double>(value.AsUint())
                                                  : value.AsDouble();
    if (!std::isfinite(number)) {
      out_ += FormatDouble(number);
    } else if (clause.letter == 'f') {
      absl::StrAppendFormat(&out_, "%.*f", clause.precision, number);
    } else {
      absl::StrAppendFormat(&out_, "%.*e", clause.precision, number);
    }
  }

  // Sign and magnitude of an int or uint; nothing for other values.
  static std::optional<std::pair<bool, uint64_t>> Whole(const Value& value) {
    if (value.Is(Kind::kUint)) return std::make_pair(false, value.AsUint());
    if (!value.Is(Kind::kInt)) return std::nullopt;
    const bool negative = value.AsInt() < 0;
    const auto bits = static_cast<uint64_t>(value.AsInt());
    return std::make_pair(negative, negative ? 0 - bits : bits);
  }

  void AppendBinary(const Value& value) {
    if (value.Is(Kind::kBool)) {
      out_ += value.AsBool() ? '1' : '0';
      return;
    }
    const auto whole = Whole(value);
    if (!whole.has_value()) return Refuse('b', value);
    std::string digits;
    for (uint64_t rest = whole->second; rest > 0; rest >>= 1) digits += rest & 1 ? '1' : '0';
    if (digits.empty()) digits = "0";
    if (whole->first) digits += '-';
    out_.append(digits.rbegin(), digits.rend());
  }

  void AppendNumber(char letter, const Value& value) {
    const auto whole = Whole(value);
    if (!whole.has_value()) return Refuse(letter, value);
    if (whole->first) out_ += '-';
    if (letter == 'o') absl::StrAppendFormat(&out_, "%o", whole->second);
    if (letter == 'x') absl::StrAppendFormat(&out_, "%x", whole->second);
    if (letter == 'X') absl::StrAppendFormat(&out_, "%X", whole->second);
  }

  void AppendHex(char letter, const Value& value) {
    if (!value.Is(Kind::kString) && !value.Is(Kind::kBytes)) return AppendNumber(letter, value);
    const absl::string_view bytes = value.Is(Kind::kString) ? value.AsString() : value.AsBytes();
    std::string digits = absl::BytesToHexString(bytes);
    if (letter == 'X') absl::AsciiStrToUpper(&digits);
    out_ += digits;
  }

  // What %s shows, lists and maps with their content.
  void AppendForm(const Value& value) {
    if (!context_.Charge(1) || out_.size() > kArenaBytesMax) {
      is_out_of_steps_ = true;
      return;
    }
    switch (value.kind()) {
      case Kind::kNull:
        out_ += "null";
        return;
      case Kind::kBool:
        out_ += value.AsBool() ? "true" : "false";
        return;
      case Kind::kInt:
        absl::StrAppend(&out_, value.AsInt());
        return;
      case Kind::kUint:
        absl::StrAppend(&out_, value.AsUint());
        return;
      case Kind::kDouble:
        out_ += FormatDouble(value.AsDouble());
        return;
      case Kind::kString:
        absl::StrAppend(&out_, value.AsString());
        return;
      case Kind::kBytes:
        return AppendBytes(value.AsBytes());
      case Kind::kType:
        absl::StrAppend(&out_, value.AsType());
        return;
      case Kind::kTimestamp:
        out_ += FormatInstant(value.AsTimestamp());
        return;
      case Kind::kDuration:
        out_ += FormatDuration(value.AsDuration());
        return;
      case Kind::kList:
        return AppendList(value.AsList());
      case Kind::kMap:
        return AppendMap(value.AsMap());
      default:
        Refuse('s', value);
    }
  }

  void AppendBytes(absl::string_view bytes) {
    if (FindInvalidUtf8(bytes) < bytes.size()) {
      problem_ = "the bytes are not valid UTF-8";
    } else {
      absl::StrAppend(&out_, bytes);
    }
  }

  void AppendList(absl::Span<const Value> elements) {
    out_ += '[';
    for (size_t i = 0; i < elements.size() && !is_out_of_steps_; ++i) {
      if (i > 0) out_ += ", ";
      AppendForm(elements[i]);
    }
    out_ += ']';
  }

  // In the order of the keys as text.
  void AppendMap(absl::Span<const MapEntry> entries) {
    std::vector<std::pair<std::string, const Value*>> texts;
    for (const MapEntry& entry : entries) {
      const size_t before = out_.size();
      AppendForm(entry.key);
      texts.emplace_back(out_.substr(before), &entry.value);
      out_.resize(before);
    }
    std::sort(texts.begin(), texts.end());
    out_ += '{';
    for (size_t i = 0; i < texts.size() && !is_out_of_steps_; ++i) {
      absl::StrAppend(&out_, i > 0 ? ", " : "", texts[i].first, ": ");
      AppendForm(*texts[i].second);
    }
    out_ += '}';
  }

  CallContext& context_;
  std::string out_;
  std::string problem_;
  bool is_out_of_steps_ = false;
};

}  // namespace

Value Format(CallContext& context, absl::Span<const Value> arguments) {
  return Formatter(context).Run(arguments[0].AsString(), arguments[1].AsList());
}

Prepared CheckFormat(absl::Span<const Value* const> constants) {
  if (constants[0] == nullptr) return {};
  absl::string_view format = constants[0]->AsString();
  Prepared prepared;
  while (prepared.problem.empty()) {
    const size_t percent = format.find('%');
    if (percent == absl::string_view::npos) break;
    format.remove_prefix(percent + 1);
    TakeClause(format, prepared.problem);
  }
  return prepared;
}

}  // namespace redress::cel
