// Which rows of a table may match an issue, found without judging the others.
//
// A condition that demands `issue.product == "lamp"`, or another text of the issue or of the
// customer, is false while that field says anything else. Such a row is found by what the field
// says, so a decision costs what may match and not what exists. Every other row may match any
// issue. A row that demands several texts is found by the rarest and then has to fulfil the others
// too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/cel/program.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

class RowIndex {
 public:
  RowIndex() = default;
  // The conditions of the rows in order; null: none. They are not kept.
  explicit RowIndex(const std::vector<const cel::Program*>& conditions);

  // The numbers of the rows, from 0 and rising, whose demands the facts fulfil.
  std::vector<uint32_t> Candidates(const redress::v1::Issue& issue,
                                   const redress::v1::CustomerFacts& customer) const;

 private:
  struct Demand {
    const google::protobuf::FieldDescriptor* field;
    std::string text;
  };
  // Rows by what one field must say. Looked up only, never walked.
  struct FieldRows {
    const google::protobuf::FieldDescriptor* field;
    absl::flat_hash_map<std::string, std::vector<uint32_t>> rows;
  };

  std::vector<uint32_t>& RowsOf(const cel::DemandedText& demand);

  std::vector<uint32_t> always_;
  std::vector<FieldRows> fields_;
  std::vector<std::vector<Demand>> demands_;  // of each row
};

}  // namespace redress::engine
