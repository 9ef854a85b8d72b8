// What a draw must come to, from the model alone: a second description of
// engine/inspection/draw.h.
#pragma once

#include <string>

#include "redress/v1/event.pb.h"
#include "redress/v1/inspection_service.pb.h"
#include "tests/simulator/model.h"

namespace redress::simulator {

// The day of an instant, UTC, as "2026-11-01".
std::string DayText(int64_t time);

// The reason for which nothing can be drawn now; empty: it can.
std::string RefuseDraw(const ModelTenant& tenant, const v1::DrawSampleRequest& request);
// What is not as the model draws it with the same salt. Empty when nothing is. REQUIRES: it can be
// drawn.
std::string FindWrongDraw(const ModelTenant& tenant, const v1::DrawSampleRequest& request,
                          const v1::SampleDrawn& drawn);
// What the model keeps of a draw that is right.
ModelSample KeptOf(const ModelTenant& tenant, const v1::SampleDrawn& drawn);

// A form's results as text.
std::string PrintResults(const google::protobuf::RepeatedPtrField<v1::ItemResult>& results);

}  // namespace redress::simulator
