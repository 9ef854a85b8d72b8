// One record as its message. For the files of this folder that read typed records.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "storage/kv.h"

namespace redress::storage {

// `what`: the record's name in the error, DATA_LOSS.
template <typename Message>
absl::Status ParseInto(absl::string_view bytes, absl::string_view what, Message& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the stored ", what, " cannot be read"));
}

template <typename Message>
absl::StatusOr<Message> Parse(absl::string_view bytes, absl::string_view what) {
  absl::StatusOr<Message> message(absl::in_place);
  const absl::Status status = ParseInto(bytes, what, *message);
  if (!status.ok()) message = status;
  return message;
}

// Reads and parses one record; nothing if there is none.
template <typename Message>
absl::StatusOr<std::optional<Message>> ReadRecord(const Reader& reader, const std::string& key,
                                                  absl::string_view what) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, reader.Get(key));
  absl::StatusOr<std::optional<Message>> message(absl::in_place);
  if (!bytes) return message;
  const absl::Status status = ParseInto(*bytes, what, message->emplace());
  if (!status.ok()) message = status;
  return message;
}

}  // namespace redress::storage
