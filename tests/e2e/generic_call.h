// Calls by name with requests written as text, for tables.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace redress::test {

// What became of calling `method`, such as "TicketService.GetTicket", with one request in
// protobuf's text format; see Describe. Of a stream of requests this is the only one; of a stream
// of responses the first one counts. A request id that the text does not mention is a new one.
std::string CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
                       absl::string_view method, const std::string& request_text);

}  // namespace redress::test
