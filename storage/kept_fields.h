// Parts of serialized messages, for readers that need a few fields of many large ones.
//
// Making a message of every field of a ticket takes several times as long as of the few that are
// looked at, and a commit under load holds hundreds of events when one is wanted. REQUIRES
// everywhere: each field that is not repeated stands once in the bytes, as this program writes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace redress::storage {

// The bytes of a message with the fields of these numbers only. Nothing when they are no message.
std::optional<std::string> KeepFields(absl::string_view message, absl::Span<const int> fields);

// The content of one text, bytes or message field, which points into `message`; empty when it is
// not set. Nothing when the bytes are no message.
std::optional<absl::string_view> FindField(absl::string_view message, int field);

// The content of entry `index`, from 0, of a repeated such field, likewise. Nothing when there are
// fewer.
std::optional<absl::string_view> FindEntry(absl::string_view message, int field, size_t index);

}  // namespace redress::storage
