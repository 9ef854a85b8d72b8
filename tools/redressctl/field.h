// Options that fill fields of a request, by the field's own type.
//
// Texts, numbers and flags go in as they are; durations as "15m"; enum values by their short names;
// lists of attributes as NAME=VALUE; instants as RFC 3339. A value that does not fit is a usage
// error that names the option.
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace redress::ctl {

struct Field {
  const char* flag;  // "--note", or "TICKET" for a positional argument
  const char* path;  // of the field within the request, such as "resolution.outcome"
  const char* help;
  bool is_required = false;
  bool is_positive = false;  // a number whose 0 the API takes for nothing given: 0 is refused
};
inline constexpr bool kRequired = true;
inline constexpr bool kOptional = false;
inline constexpr bool kPositive = true;

// The values that an option can have, for completion.
using Choices = std::map<const CLI::Option*, std::vector<std::string>>;

// Where a command says what it takes.
struct Declarer {
  CLI::App& app;
  Choices& choices;
};

// REQUIRES: the path is one of the request's, and the request outlives the app.
CLI::Option* BindField(Declarer& declarer, google::protobuf::Message& request, const Field& field);

// Sets one field from text as BindField does; throws CLI::ValidationError. For JSON and option
// values alike.
void SetField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
              const std::string& flag, const std::string& value);

}  // namespace redress::ctl
