#include "services/method_set.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "services/utf8.h"

namespace redress::services {

MethodSet::MethodSet(const google::protobuf::ServiceDescriptor& service) : service_(&service) {
  for (int i = 0; i < service.method_count(); ++i)
    methods_.push_back({.descriptor = service.method(i)});
}

const google::protobuf::MethodDescriptor* MethodSet::Declared(absl::string_view name,
                                                              Shape shape) const {
  const auto* declared = service_->FindMethodByName(std::string(name));
  CHECK(declared != nullptr);
  CHECK_EQ(declared->client_streaming(), shape == Shape::kBothStream);
  CHECK_EQ(declared->server_streaming(), shape != Shape::kUnary);
  return declared;
}

void MethodSet::CheckTypes(const google::protobuf::MethodDescriptor& declared,
                           const google::protobuf::Descriptor& request,
                           const google::protobuf::Descriptor& response) {
  CHECK_EQ(declared.input_type()->full_name(), request.full_name());
  CHECK_EQ(declared.output_type()->full_name(), response.full_name());
}

Method& MethodSet::Bind(const google::protobuf::MethodDescriptor* declared) {
  Method& method = methods_[static_cast<size_t>(declared->index())];
  CHECK(!method.start && !method.start_stream);
  return method;
}

const std::vector<Method>& MethodSet::methods() const {
  for (const Method& method : methods_) CHECK(method.start || method.start_stream);
  return methods_;
}

Failure MalformedRequest(absl::string_view bytes, const google::protobuf::Descriptor& type) {
  const std::optional<std::string> field = FindFieldNotUtf8(bytes, type);
  if (!field.has_value()) {
    return {.code = absl::StatusCode::kInvalidArgument,
            .reason = kReasonRequestMalformed,
            .message = absl::StrCat("the request is not a message of type ", type.full_name())};
  }
  return {.code = absl::StatusCode::kInvalidArgument,
          .reason = kReasonTextNotUtf8,
          .message = absl::StrCat("the text of ", *field, " is not UTF-8"),
          .field_violations = {{*field, "must be UTF-8"}},
          .metadata = {{"field", *field}}};
}

}  // namespace redress::services
