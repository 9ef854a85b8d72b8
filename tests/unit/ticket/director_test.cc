// director.cc: who owns an initiative, and what the turn of the month does to it.
#include <gtest/gtest.h>

#include "engine/ticket/director.h"
#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

v1::Command HandOverNote() {
  v1::Command command = Note();
  command.mutable_add_note()->set_hand_over(true);
  return command;
}

Desk Initiative() {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Burned()));
  return desk;
}

TEST(Directors, ChangeWithTheMonthOfTheirCalendarsZone) {
  // In Beijing the month turns eight hours before it does in UTC.
  const engine::DirectedMonth november = engine::MonthAt(*ChainShop(), At("Nov 30 15:59"));
  EXPECT_EQ(november.month, "2026-11");
  EXPECT_EQ(november.director, "dan");
  EXPECT_EQ(Print(november.end), "Nov 30 16:00");
  EXPECT_EQ(engine::MonthAt(*ChainShop(), At("Nov 30 16:00")).director, "eve");
  EXPECT_EQ(engine::MonthAt(*ChainShop(), At("Dec 31 16:00")).director, "");
  EXPECT_EQ(engine::MonthAt(*ChainShop(), At("Dec 31 16:00")).month, "2027-01");
}

TEST(Initiative, IsOwnedByTheDirectorOfTheMonth) {
  Desk desk = DeskOn(*ChainShop());
  const std::string opened = desk.Do(Submit(Burned()));
  EXPECT_NE(opened.find("09:00 rule:directors DirectorChanged to_director=dan month=2026-11 "
                        "until=Nov 30 16:00"),
            std::string::npos)
      << opened;
  EXPECT_EQ(desk.ticket().director().actor(), "dan");
}

TEST(Initiative, IsOwnedFromTheEscalationOnAndNotAfterwards) {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Complaint()));
  v1::Command raise = Escalate();
  raise.mutable_escalate_ticket()->set_to_level(v1::LEVEL_INITIATIVE);
  desk.Must(Owner("olga"), raise);
  EXPECT_EQ(desk.ticket().director().actor(), "dan");
  desk.Must(Owner("olga"), Deescalate()).Must(TakeOffer());
  EXPECT_FALSE(desk.ticket().has_director());
  EXPECT_EQ(PrintDeadlines(desk.ticket()).find("DIRECTOR"), std::string::npos);
}

TEST(HandOverOfDirectors, IsCompulsory) {
  Desk desk = Initiative();
  EXPECT_EQ(desk.Do(HandOverNote()),
            "FIELD_INVALID: hand_over is only for an initiative that changed directors, once");
  desk.At("Nov 30 16:01").Tick();
  EXPECT_EQ(Print(desk.events().back()),
            "Nov 30 16:00 timer DirectorChanged from_director=dan to_director=eve month=2026-12 "
            "until=Dec 31 16:00 needs_hand_over");
  desk.Must(Pull(desk.ticket().department()));
  EXPECT_EQ(desk.Do(Resolve(1)),
            "WRONG_STATE: Ticket T1 is LEASED and cannot be resolved before a note hands it over "
            "to its new director.");
  desk.Must(HandOverNote());
  desk.Must(Resolve(1));
}

TEST(HandOverOfDirectors, IsNotForgottenByAMonthWithoutDirector) {
  Desk desk = Initiative();
  desk.At("Dec 31 17:00").Tick();
  desk.Tick();
  EXPECT_EQ(desk.ticket().director().actor(), "");
  EXPECT_EQ(desk.ticket().director().month(), "2027-01");
  EXPECT_TRUE(desk.ticket().director().needs_hand_over());
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("DIRECTOR 2027 Jan 31 16:00"), std::string::npos)
      << PrintDeadlines(desk.ticket());
}

}  // namespace
}  // namespace redress::test
