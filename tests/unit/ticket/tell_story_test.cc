#include "engine/ticket/tell_story.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/time/instant.h"
#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

std::string StoryOf(const Desk& desk) {
  std::string text;
  for (const v1::StoryChapter& chapter : engine::TellStory(desk.events(), desk.now())) {
    absl::StrAppend(&text, Print(chapter.start_time()), " to ", Print(chapter.end_time()), " ",
                    Short(chapter.level()), " ", chapter.department(), " ",
                    chapter.handler().empty() ? Short(chapter.state()) : chapter.handler(), " ",
                    absl::FormatDuration(engine::ToSpan(chapter.elapsed())), ": ", chapter.fact(),
                    " by ", chapter.actor(), ", ", chapter.why(), "\n");
    for (const v1::StoryLine& line : chapter.lines())
      absl::StrAppend(&text, "  ", Print(line.time()), " ", line.text(), "\n");
  }
  return text;
}

TEST(TellStory, TellsWhoHadItForHowLongAndWhyItMoved) {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Complaint())).At("11:30").Must(Agent("ben"), Pull("desk"));
  desk.At("11:40").Must(Agent("ben"), Accept(1)).At("12:00").Must(Agent("ben"), Escalate());
  desk.At("13:00").Must(Pull("desk")).At("13:10").Must(Resolve(2)).At("13:30").Must(Confirm());
  EXPECT_EQ(StoryOf(desk),
            "09:00 to 11:30 RELAY desk QUEUED 2h30m: TicketOpened by anna, row rest\n"
            "  11:00 step half of chain slow: NOTIFY to desk-lead\n"
            "11:30 to 12:00 RELAY desk ben 30m: TicketLeased by ben, \n"
            "  11:40 chain slow stopped: ACCEPTED\n"
            "12:00 to 13:00 ANALYSIS desk QUEUED 1h: LevelChanged by ben, Too big.\n"
            "  12:00 step half of chain slow: NOTIFY to desk-lead\n"
            "13:00 to 13:10 ANALYSIS desk anna 10m: TicketLeased by anna, \n"
            "  13:10 chain slow stopped: RESOLVED\n"
            "13:10 to 13:30 ANALYSIS desk RESOLVED 20m: TicketResolved by anna, FIXED\n"
            "13:30 to 13:30 ANALYSIS desk CLOSED 0: TicketClosed by anna, CONFIRMED\n");
}

TEST(TellStory, LeavesNoTimeOutAndTellsNoneTwice) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Transfer("billing")).At("11:00").Must(Pull("billing"));
  desk.At("18:00").Tick();
  const auto chapters = engine::TellStory(desk.events(), desk.now());
  for (size_t i = 1; i < chapters.size(); ++i)
    EXPECT_EQ(Print(chapters[i].start_time()), Print(chapters[i - 1].end_time()));
  EXPECT_EQ(Print(chapters.front().start_time()), "09:00");
  EXPECT_EQ(Print(chapters.back().end_time()), "18:00");
}

}  // namespace
}  // namespace redress::test
