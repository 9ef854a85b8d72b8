// A call whose request carries the source of a playbook.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/redressctl/call_command.h"
#include "tools/redressctl/playbook_file.h"

namespace redress::ctl {

// A CallCommand that reads its request's `source` from FILE first.
template <class Stub, class Request, class Response>
class SourceCommand : public CallCommand<Stub, Request, Response> {
 public:
  using Base = CallCommand<Stub, Request, Response>;

  // `file`: what FILE is, for the help.
  SourceCommand(typename Base::Method method, typename Base::Show show, std::vector<Field> fields,
                std::string file)
      : Base(method, std::move(show), std::move(fields)), file_(std::move(file)) {}

  void Declare(Declarer& declarer) override {
    Base::Declare(declarer);
    declarer.app.add_option("FILE", path_, file_ + "; - for standard input")
        ->required()
        ->type_name("FILE");
  }

  int Run(Context& context) override {
    if (!ReadSource(context, path_, *this->request().mutable_source())) return kExitFailure;
    return Base::Run(context);
  }

 private:
  const std::string file_;
  std::string path_;
};

}  // namespace redress::ctl
