// What is read of samples and inspections, from a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/inspection_service.pb.h"
#include "services/failure.h"
#include "storage/ledger.h"

namespace redress::services {

// Random bytes of a draw.
inline constexpr size_t kDrawSaltBytes = 16;
// Tickets that are looked at for one page.
inline constexpr uint64_t kInspectionScanMax = 100'000;

// Draws as the request says, from the newest commit of the snapshot, with this salt; all but the
// number of the sample. Nothing is recorded by it. A failure says which field is wrong, or how to
// narrow the plan.
absl::StatusOr<std::variant<v1::SampleDrawn, Failure>> MakeDraw(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const engine::Playbook& playbook, const v1::DrawSampleRequest& request,
    const std::string& salt);

v1::Sample ToSample(const storage::RecordedEvent& recorded);

// The inspection of a ticket for a sample; nullptr: there is none yet.
const v1::Inspection* FindInspectionOf(const v1::Ticket& ticket, uint32_t sample);

// The sample's tickets from the place `first` on; `next`: where the next page begins, 0 for none.
struct CasePage {
  std::vector<v1::SampledCase> cases;
  int next = 0;
};
absl::StatusOr<CasePage> ReadCases(const storage::LedgerReader& reader, absl::string_view tenant,
                                   const v1::SampleDrawn& draw, bool only_open, int first,
                                   int size);

// The population of a draw from a ticket id on; `next_id`: where the next page begins, 0 for none.
struct PopulationPage {
  std::vector<v1::PopulationMember> members;
  uint64_t next_id = 0;
};
absl::StatusOr<PopulationPage> ReadPopulation(const storage::LedgerReader& reader,
                                              absl::string_view tenant,
                                              const v1::SampleDrawn& draw, uint64_t first_id,
                                              int size);

// Error rates of the samples that the request asks for.
absl::StatusOr<v1::GetInspectionReportResponse> ReadInspectionReport(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::GetInspectionReportRequest& request);

// The tickets of mystery issues below an id, newest first; `next_before_id`: where the next page
// begins, 0 for none.
struct MysteryPage {
  std::vector<v1::MysteryCase> cases;
  uint64_t next_before_id = 0;
};
absl::StatusOr<MysteryPage> ReadMysteries(const storage::LedgerReader& reader,
                                          absl::string_view tenant, uint64_t before_id, int size);

}  // namespace redress::services
