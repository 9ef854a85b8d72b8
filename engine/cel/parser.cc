#include "engine/cel/parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/cel/grammar.h"
#include "engine/cel/lexer.h"
#include "engine/cel/literal.h"

namespace redress::cel {
namespace {

class Parser {
 public:
  Parser(Ast& ast, const MacroTable& macros, IssueList& issues)
      : ast_(ast), macros_(macros), issues_(issues), tokens_(Tokenize(ast.text(), issues)) {}

  void Run() {
    ast_.set_root(Expression());
    if (Kind() != TokenKind::kEnd) Unexpected("the expression should end here");
  }

 private:
  // Tokens.

  const Token& Current() const { return tokens_[at_]; }
  TokenKind Kind() const { return Current().kind; }
  TokenKind NextKind() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)].kind; }

  Token Take() {
    const Token token = Current();
    if (token.kind != TokenKind::kEnd) ++at_;
    return token;
  }

  bool Accept(TokenKind kind) {
    if (Kind() != kind) return false;
    Take();
    return true;
  }

  // Says what was found instead of what was needed. One complaint per place is enough.
  void Unexpected(absl::string_view needed) {
    if (is_given_up_ || issues_.HasIssueAt(Current().offset)) return;
    const std::string found = Kind() == TokenKind::kEnd ? "the end of the expression"
                                                        : absl::StrCat("'", Current().text, "'");
    issues_.Add(Current().offset, absl::StrCat("unexpected ", found, "; ", needed));
  }

  void Expect(TokenKind kind, absl::string_view needed) {
    if (!Accept(kind)) Unexpected(needed);
  }

  // Nothing more is read or reported.
  void Abandon() {
    is_given_up_ = true;
    at_ = tokens_.size() - 1;
  }

  // The input is beyond a limit.
  void GiveUp(uint32_t offset, std::string message) {
    if (!is_given_up_) issues_.Add(offset, std::move(message));
    Abandon();
  }

  // Nodes.

  ExprId Add(uint32_t offset, ExprNode node) {
    const ExprId id = ast_.Add(offset, std::move(node));
    if (ast_[id].height > kDepthMax) TooDeep(offset);
    if (ast_.size() > kNodesMax) {
      GiveUp(offset, absl::StrCat("the expression has more than ", kNodesMax, " parts"));
    }
    return id;
  }

  void TooDeep(uint32_t offset) {
    GiveUp(offset, absl::StrCat("the expression is nested more than ", kDepthMax, " deep"));
  }

  ExprId AddCall(uint32_t offset, absl::string_view function, std::vector<ExprId> arguments) {
    return Add(offset, Call{std::string(function), kNoExpr, std::move(arguments)});
  }

  ExprId Missing() { return MissingAt(Current().offset); }
  ExprId MissingAt(uint32_t offset) { return Add(offset, Literal(NullLiteral())); }

  // Grammar.

  ExprId Expression() {
    if (nesting_ >= kDepthMax) {
      TooDeep(Current().offset);
      return Missing();
    }
    ++nesting_;
    ExprId result = Binary(kOrPrecedence);
    if (Kind() == TokenKind::kQuestion) {
      const uint32_t offset = Take().offset;
      const ExprId then = Binary(kOrPrecedence);
      Expect(TokenKind::kColon, "':' and the other choice are needed");
      const ExprId otherwise = Expression();
      result = AddCall(offset, operators::kConditional, {result, then, otherwise});
    }
    --nesting_;
    return result;
  }

  ExprId Binary(int precedence_min) {
    ExprId left = Unary();
    while (const BinaryOperator* found = FindOperator(Kind())) {
      if (found->precedence < precedence_min) break;
      if (found->precedence <= kAndPrecedence) {
        left = Chain(*found, left);
        continue;
      }
      const uint32_t offset = Take().offset;
      const ExprId right = Binary(found->precedence + 1);
      left = AddCall(offset, found->function, {left, right});
    }
    return left;
  }

  // a && b && c && d, as a balanced tree: long conditions are common and must not count as deep.
  ExprId Chain(const BinaryOperator& chained, ExprId first) {
    std::vector<ExprId> terms = {first};
    std::vector<uint32_t> offsets;
    while (Kind() == chained.token) {
      offsets.push_back(Take().offset);
      terms.push_back(Binary(chained.precedence + 1));
    }
    return Balance(chained.function, terms, offsets, 0, offsets.size() - 1);
  }

  ExprId Balance(absl::string_view function, const std::vector<ExprId>& terms,
                 const std::vector<uint32_t>& offsets, size_t first, size_t last) {
    const size_t middle = (first + last + 1) / 2;
    const ExprId left =
        middle == first ? terms[middle] : Balance(function, terms, offsets, first, middle - 1);
    const ExprId right =
        middle == last ? terms[middle + 1] : Balance(function, terms, offsets, middle + 1, last);
    return AddCall(offsets[middle], function, {left, right});
  }

  ExprId Unary() {
    const TokenKind kind = Kind();
    if (kind != TokenKind::kNot && kind != TokenKind::kMinus) return Member();
    const uint32_t offset = Current().offset;
    size_t count = 0;
    while (Kind() == kind && !(kind == TokenKind::kMinus && IsNumber(NextKind()))) {
      Take();
      ++count;
    }
    const ExprId operand = Member();
    if (count % 2 == 0) return operand;  // pairs cancel out
    return AddCall(offset, kind == TokenKind::kNot ? operators::kNot : operators::kNegate,
                   {operand});
  }

  static bool IsNumber(TokenKind kind) {
    return kind == TokenKind::kInt || kind == TokenKind::kDouble;
  }

  ExprId Member() {
    ExprId operand = Primary();
    while (true) {
      if (Kind() == TokenKind::kDot) {
        operand = Selection(operand);
      } else if (Kind() == TokenKind::kLeftBracket) {
        operand = Index(operand);
      } else if (Kind() == TokenKind::kLeftBrace && !ast_.QualifiedName(operand).empty() &&
                 may_be_type_name_) {
        operand = Message(ast_.QualifiedName(operand));
      } else {
        return operand;
      }
    }
  }

  // Passes over the '?' of an optional part, and reports it at `offset` when it is not enabled.
  bool AcceptOptionalSign(uint32_t offset) {
    if (!Accept(TokenKind::kQuestion)) return false;
    if (!macros_.allows_optional_syntax()) {
      issues_.Add(offset, "optional values are not enabled here");
    }
    return true;
  }

  ExprId Selection(ExprId operand) {
    const uint32_t offset = Take().offset;
    if (AcceptOptionalSign(offset)) {
      const uint32_t name_offset = Current().offset;
      const ExprId field = Add(name_offset, Literal(FieldName()));
      may_be_type_name_ = false;
      return AddCall(offset, operators::kOptionalSelect, {operand, field});
    }
    const bool may_be_call = Kind() == TokenKind::kIdentifier;
    std::string field = FieldName();
    if (may_be_call && Kind() == TokenKind::kLeftParen) return CallOf(operand, std::move(field));
    return Add(offset, Select{operand, std::move(field)});
  }

  std::string FieldName() {
    if (Kind() == TokenKind::kIdentifier) return std::string(Take().text);
    if (Kind() == TokenKind::kQuotedIdentifier) {
      may_be_type_name_ = false;
      const absl::string_view quoted = Take().text;
      return std::string(quoted.substr(1, quoted.size() - 2));
    }
    Unexpected("the name of a field is needed");
    if (IsKeyword(Kind())) Take();
    return "";
  }

  ExprId Index(ExprId operand) {
    const uint32_t offset = Take().offset;
    const bool is_optional = AcceptOptionalSign(offset);
    const ExprId index = Expression();
    Expect(TokenKind::kRightBracket, "']' is needed");
    may_be_type_name_ = false;
    return AddCall(offset, is_optional ? operators::kOptionalIndex : operators::kIndex,
                   {operand, index});
  }

  ExprId CallOf(ExprId target, std::string name) {
    const uint32_t offset = Current().offset;
    std::vector<ExprId> arguments = Arguments();
    may_be_type_name_ = false;
    if (is_given_up_) return Missing();
    const ExprId expanded = ExpandMacro(offset, target, name, arguments);
    if (expanded != kNoExpr) return expanded;
    return Add(offset, Call{std::move(name), target, std::move(arguments)});
  }

  ExprId ExpandMacro(uint32_t offset, ExprId target, absl::string_view name,
                     const std::vector<ExprId>& arguments) {
    // A macro may live in a namespace, as cel.bind does.
    const std::string space = target == kNoExpr ? "" : ast_.QualifiedName(target);
    const Macro* macro =
        space.empty() ? nullptr
                      : macros_.Find(absl::StrCat(space, ".", name), false, arguments.size());
    if (macro == nullptr) macro = macros_.Find(name, target != kNoExpr, arguments.size());
    if (macro == nullptr) return kNoExpr;
    MacroCall call(ast_, issues_, offset, target, arguments);
    const ExprId expanded = macro->expand(call);
    if (expanded != kNoExpr && ast_[expanded].height > kDepthMax) TooDeep(offset);
    if (ast_.size() > kNodesMax) {
      GiveUp(offset, absl::StrCat("the expression has more than ", kNodesMax, " parts"));
    }
    return expanded;
  }

  std::vector<ExprId> Arguments() {
    Take();  // the parenthesis
    std::vector<ExprId> arguments;
    if (Accept(TokenKind::kRightParen)) return arguments;
    do {
      arguments.push_back(Expression());
    } while (Accept(TokenKind::kComma));
    Expect(TokenKind::kRightParen, "',' or ')' is needed");
    return arguments;
  }

  ExprId Primary() {
    may_be_type_name_ = false;
    const Token token = Current();
    switch (token.kind) {
      case TokenKind::kIdentifier:
        return Name(token.offset, "");
      case TokenKind::kDot:
        Take();
        return Name(token.offset, ".");
      case TokenKind::kLeftParen:
        return Parenthesis();
      case TokenKind::kLeftBracket:
        return List();
      case TokenKind::kLeftBrace:
        return Map();
      case TokenKind::kMinus:
      case TokenKind::kInt:
      case TokenKind::kUint:
      case TokenKind::kDouble:
      case TokenKind::kString:
      case TokenKind::kBytes:
      case TokenKind::kTrue:
      case TokenKind::kFalse:
      case TokenKind::kNull:
        if (token.kind != TokenKind::kMinus || IsNumber(NextKind())) return LiteralValue();
        return Stray();
      default:
        return Stray();
    }
  }

  // What stands here can begin no expression. If dropping it helps, the rest is still read.
  ExprId Stray() {
    const bool is_closing = Kind() == TokenKind::kRightParen || Kind() == TokenKind::kEnd ||
                            Kind() == TokenKind::kRightBracket ||
                            Kind() == TokenKind::kRightBrace || Kind() == TokenKind::kComma;
    Unexpected("a value is needed");
    if (is_closing) return Missing();
    Take();
    if (StartsExpression(Kind()) && nesting_ < kDepthMax) {
      ++nesting_;
      const ExprId operand = Unary();
      --nesting_;
      return operand;
    }
    Unexpected("a value is needed");
    return Missing();
  }

  ExprId Parenthesis() {
    Take();
    const ExprId inner = Expression();
    Expect(TokenKind::kRightParen, "')' is needed");
    may_be_type_name_ = false;
    return inner;
  }

  ExprId Name(uint32_t offset, absl::string_view dot) {
    const Token token = Current();
    std::string name = absl::StrCat(dot, token.text);
    if (token.kind != TokenKind::kIdentifier) {
      Unexpected("a name is needed");
      return Missing();
    }
    Take();
    if (IsReserved(token.text)) {
      issues_.Add(token.offset, absl::StrCat("the word '", token.text, "' is reserved"));
      return MissingAt(token.offset);
    }
    if (Kind() == TokenKind::kLeftParen) return CallOf(kNoExpr, std::move(name));
    may_be_type_name_ = true;
    return Add(offset, Identifier{std::move(name)});
  }

  ExprId LiteralValue() {
    const uint32_t offset = Current().offset;
    const bool negative = Accept(TokenKind::kMinus);
    const Token token = Take();
    if (token.kind == TokenKind::kTrue) return Add(offset, Literal(true));
    if (token.kind == TokenKind::kFalse) return Add(offset, Literal(false));
    if (token.kind == TokenKind::kNull) return Add(offset, Literal(NullLiteral()));
    const std::string text = absl::StrCat(negative ? "-" : "", token.text);
    std::variant<Literal, BadLiteral> parsed = token.kind == TokenKind::kInt    ? ParseInt(text)
                                               : token.kind == TokenKind::kUint ? ParseUint(text)
                                               : token.kind == TokenKind::kDouble
                                                   ? ParseDouble(text)
                                                   : ParseText(text);
    if (auto* bad = std::get_if<BadLiteral>(&parsed)) {
      issues_.Add(offset, std::move(bad->message));
      return MissingAt(offset);
    }
    return Add(offset, std::get<Literal>(std::move(parsed)));
  }

  ExprId List() {
    const uint32_t offset = Take().offset;
    ListLiteral list;
    while (Kind() != TokenKind::kRightBracket && Kind() != TokenKind::kEnd) {
      const bool is_optional = AcceptOptionalSign(Current().offset);
      list.elements.push_back({Expression(), is_optional});
      if (!Accept(TokenKind::kComma)) break;
    }
    Expect(TokenKind::kRightBracket,
           list.elements.empty() ? "a value or ']' is needed" : "',' or ']' is needed");
    may_be_type_name_ = false;
    return Add(offset, std::move(list));
  }

  ExprId Map() {
    const uint32_t offset = Take().offset;
    MapLiteral map;
    while (Kind() != TokenKind::kRightBrace && Kind() != TokenKind::kEnd) {
      const bool is_optional = AcceptOptionalSign(Current().offset);
      const ExprId key = Expression();
      Expect(TokenKind::kColon, "':' and a value are needed");
      const ExprId value = Kind() == TokenKind::kRightBrace ? Missing() : Expression();
      map.entries.push_back({key, value, is_optional});
      if (!Accept(TokenKind::kComma)) break;
    }
    Expect(TokenKind::kRightBrace,
           map.entries.empty() ? "a key or '}' is needed" : "',' or '}' is needed");
    may_be_type_name_ = false;
    return Add(offset, std::move(map));
  }

  ExprId Message(std::string type_name) {
    MessageLiteral message;
    message.type_name = std::move(type_name);
    const uint32_t offset = Take().offset;
    while (Kind() != TokenKind::kRightBrace && Kind() != TokenKind::kEnd) {
      const bool is_optional = AcceptOptionalSign(Current().offset);
      if (Kind() != TokenKind::kIdentifier && NextKind() == TokenKind::kIdentifier) {
        Unexpected("the name of a field is needed");
        Take();
      }
      if (Kind() != TokenKind::kIdentifier && Kind() != TokenKind::kQuotedIdentifier) {
        Unexpected("the name of a field is needed");
        Abandon();
        break;
      }
      std::string name = FieldName();
      const uint32_t colon = Current().offset;
      Expect(TokenKind::kColon, "':' and a value are needed");
      const ExprId value = Kind() == TokenKind::kRightBrace ? Missing() : Expression();
      message.fields.push_back({colon, std::move(name), value, is_optional});
      if (!Accept(TokenKind::kComma)) break;
    }
    Expect(TokenKind::kRightBrace, "',' or '}' is needed");
    may_be_type_name_ = false;
    return Add(offset, std::move(message));
  }

  Ast& ast_;
  const MacroTable& macros_;
  IssueList& issues_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  uint32_t nesting_ = 0;
  bool is_given_up_ = false;
  bool may_be_type_name_ = false;  // the operand just read is a name, so '{' may follow
};

}  // namespace

Outcome<Ast> Parse(std::string text, const MacroTable& macros) {
  IssueList issues(text);
  if (text.size() > kSourceBytesMax) {
    issues.Add(0, absl::StrCat("the expression is longer than ", kSourceBytesMax, " bytes"));
    return std::move(issues).Take();
  }
  if (const size_t invalid = FindInvalidUtf8(text); invalid < text.size()) {
    issues.Add(static_cast<uint32_t>(invalid), "the expression is not valid UTF-8 here");
    return std::move(issues).Take();
  }
  Ast ast(text);
  Parser(ast, macros, issues).Run();
  if (!issues.empty()) return std::move(issues).Take();
  return ast;
}

}  // namespace redress::cel
