// More methods of text. Indexes count code points.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"
#include "engine/cel/format.h"
#include "engine/cel/source.h"
#include "engine/cel/text.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

constexpr size_t kNone = absl::string_view::npos;

Value IndexOutOfRange(CallContext& context, int64_t index) {
  return context.Error(absl::StrCat("index out of range: ", index));
}

Value CharAt(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  const size_t offset = ByteOffset(text, a[1].AsInt());
  if (offset == kNone) return IndexOutOfRange(context, a[1].AsInt());
  if (offset == text.size()) return Value::String("");
  return Value::String(text.substr(offset, CodePointBytes(text, offset)));
}

// The index of the code point at a byte offset, -1 for none.
Value IndexAt(absl::string_view text, size_t offset) {
  if (offset == kNone) return Value::Int(-1);
  return Value::Int(static_cast<int64_t>(CodePointCount(text.substr(0, offset))));
}

Value IndexOf(CallContext&, Arguments a) {
  return IndexAt(a[0].AsString(), Find(a[0].AsString(), a[1].AsString()));
}

Value IndexOfFrom(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  const size_t from = ByteOffset(text, a[2].AsInt());
  if (from == kNone) return IndexOutOfRange(context, a[2].AsInt());
  return IndexAt(text, Find(text, a[1].AsString(), from));
}

Value LastIndexOf(CallContext&, Arguments a) {
  return IndexAt(a[0].AsString(), FindLast(a[0].AsString(), a[1].AsString()));
}

// The last occurrence that begins at the index or before it.
Value LastIndexOfUpTo(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  const size_t last_start = ByteOffset(text, a[2].AsInt());
  if (last_start == kNone) return IndexOutOfRange(context, a[2].AsInt());
  const absl::string_view wanted = a[1].AsString();
  return IndexAt(text, FindLast(text.substr(0, last_start + wanted.size()), wanted));
}

Value Substring(CallContext& context, absl::string_view text, int64_t start, int64_t end) {
  const size_t from = ByteOffset(text, start);
  if (from == kNone) return IndexOutOfRange(context, start);
  const size_t to = ByteOffset(text, end);
  if (to == kNone) return IndexOutOfRange(context, end);
  if (from > to) {
    return context.Error(
        absl::StrCat("a substring cannot end at ", end, " before its start ", start));
  }
  return Value::String(text.substr(from, to - from));
}

Value SubstringFrom(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  return Substring(context, text, a[1].AsInt(), static_cast<int64_t>(CodePointCount(text)));
}

Value SubstringBetween(CallContext& context, Arguments a) {
  return Substring(context, a[0].AsString(), a[1].AsInt(), a[2].AsInt());
}

Value LowerAscii(CallContext& context, Arguments a) {
  return context.NewString(absl::AsciiStrToLower(a[0].AsString()));
}

Value UpperAscii(CallContext& context, Arguments a) {
  return context.NewString(absl::AsciiStrToUpper(a[0].AsString()));
}

Value Reverse(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  std::string reversed(text.size(), '\0');
  for (size_t at = 0; at < text.size();) {
    const size_t length = CodePointBytes(text, at);
    text.copy(&reversed[text.size() - at - length], length, at);
    at += length;
  }
  return context.NewString(reversed);
}

Value Replace(CallContext& context, Arguments a, int64_t limit) {
  const absl::string_view text = a[0].AsString();
  const absl::string_view wanted = a[1].AsString();
  std::string out;
  size_t at = 0;
  for (int64_t done = 0; limit < 0 || done < limit; ++done) {
    const size_t found = Find(text, wanted, at);
    if (found == kNone || out.size() > kArenaBytesMax) break;
    absl::StrAppend(&out, text.substr(at, found - at), a[2].AsString());
    at = found + wanted.size();
    if (!wanted.empty()) continue;
    // Nothing is found before every code point and at the end.
    if (at >= text.size()) break;
    const size_t length = CodePointBytes(text, at);
    absl::StrAppend(&out, text.substr(at, length));
    at += length;
  }
  if (!context.Charge(out.size() >> 4)) return context.OutOfSteps();
  return Concatenate(context, out, text.substr(at));
}

Value ReplaceAll(CallContext& context, Arguments a) { return Replace(context, a, -1); }
Value ReplaceSome(CallContext& context, Arguments a) { return Replace(context, a, a[3].AsInt()); }

Value Split(CallContext& context, absl::string_view text, absl::string_view separator,
            int64_t limit) {
  std::vector<Value> parts;
  if (limit == 0) return context.NewList(parts);
  size_t at = 0;
  while (limit < 0 || static_cast<int64_t>(parts.size()) + 1 < limit) {
    size_t end = Find(text, separator, at);
    if (separator.empty()) {  // between all code points
      end = at < text.size() ? at + CodePointBytes(text, at) : text.size();
      if (end == text.size()) break;
    }
    if (end == kNone) break;
    parts.push_back(Value::String(text.substr(at, end - at)));
    at = end + separator.size();
  }
  if (!separator.empty() || at < text.size()) parts.push_back(Value::String(text.substr(at)));
  if (!context.Charge(parts.size())) return context.OutOfSteps();
  return context.NewList(parts);
}

Value SplitAll(CallContext& context, Arguments a) {
  return Split(context, a[0].AsString(), a[1].AsString(), -1);
}

Value SplitSome(CallContext& context, Arguments a) {
  return Split(context, a[0].AsString(), a[1].AsString(), a[2].AsInt());
}

// What Unicode calls white space.
bool IsBlank(absl::string_view character) {
  static constexpr absl::string_view kBlanks[] = {
      "\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085", "\u00a0", "\u1680",
      "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
      "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  for (const absl::string_view blank : kBlanks) {
    if (character == blank) return true;
  }
  return false;
}

Value Trim(CallContext&, Arguments a) {
  absl::string_view text = a[0].AsString();
  while (!text.empty() && IsBlank(text.substr(0, CodePointBytes(text, 0)))) {
    text.remove_prefix(CodePointBytes(text, 0));
  }
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    if (!IsBlank(text.substr(last))) break;
    text.remove_suffix(text.size() - last);
  }
  return Value::String(text);
}

Value Join(CallContext& context, absl::Span<const Value> parts, absl::string_view separator) {
  std::string joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    absl::StrAppend(&joined, i == 0 ? "" : separator, parts[i].AsString());
    if (joined.size() > kArenaBytesMax) return context.OutOfMemory();
  }
  if (!context.Charge(joined.size() >> 4)) return context.OutOfSteps();
  return context.NewString(joined);
}

Value JoinPlain(CallContext& context, Arguments a) { return Join(context, a[0].AsList(), ""); }

Value JoinWith(CallContext& context, Arguments a) {
  return Join(context, a[0].AsList(), a[1].AsString());
}

Value Quote(CallContext& context, Arguments a) {
  static constexpr absl::string_view kPlain = "\a\b\f\n\r\t\v\\\"";
  static constexpr absl::string_view kEscaped = "abfnrtv\\\"";
  std::string quoted = "\"";
  for (const char c : a[0].AsString()) {
    const size_t special = kPlain.find(c);
    if (special == kNone) {
      quoted += c;
    } else {
      quoted += '\\';
      quoted += kEscaped[special];
    }
  }
  quoted += '"';
  return context.NewString(quoted);
}

OverloadTable StringFunctions() {
  return ReadSignatures({
      {"string_char_at_int", "string.charAt(int) -> string", CharAt},
      {"string_index_of_string", "string.indexOf(string) -> int", IndexOf},
      {"string_index_of_string_int", "string.indexOf(string, int) -> int", IndexOfFrom},
      {"string_last_index_of_string", "string.lastIndexOf(string) -> int", LastIndexOf},
      {"string_last_index_of_string_int", "string.lastIndexOf(string, int) -> int",
       LastIndexOfUpTo},
      {"string_lower_ascii", "string.lowerAscii() -> string", LowerAscii},
      {"string_upper_ascii", "string.upperAscii() -> string", UpperAscii},
      {"string_reverse", "string.reverse() -> string", Reverse},
      {"string_replace_string_string", "string.replace(string, string) -> string", ReplaceAll},
      {"string_replace_string_string_int", "string.replace(string, string, int) -> string",
       ReplaceSome},
      {"string_split_string", "string.split(string) -> list(string)", SplitAll},
      {"string_split_string_int", "string.split(string, int) -> list(string)", SplitSome},
      {"string_substring_int", "string.substring(int) -> string", SubstringFrom},
      {"string_substring_int_int", "string.substring(int, int) -> string", SubstringBetween},
      {"string_trim", "string.trim() -> string", Trim},
      {"list_join", "list(string).join() -> string", JoinPlain},
      {"list_join_string", "list(string).join(string) -> string", JoinWith},
      {"strings_quote", "strings.quote(string) -> string", Quote},
      {"string_format", "string.format(list(dyn)) -> string", Format, Folding::kWhenConstant,
       CheckFormat},
  });
}

}  // namespace

void AddStringsExtension(Environment& environment) {
  static const OverloadTable& functions = *new OverloadTable(StringFunctions());
  environment.AddTable(functions);
}

}  // namespace redress::cel
