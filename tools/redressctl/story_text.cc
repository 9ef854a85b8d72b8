#include "tools/redressctl/story_text.h"

#include "absl/strings/str_cat.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"
#include "tools/text/enum_text.h"

namespace redress::ctl {
namespace {

// "billing, analysis, held by ann"; "billing, analysis, in the queue".
std::string PlaceText(const v1::StoryChapter& chapter) {
  std::string text =
      absl::StrCat(text::Printable(chapter.department()), ", ", text::EnumText(chapter.level()));
  if (!chapter.handler().empty())
    return absl::StrCat(text, ", held by ", text::Printable(chapter.handler()));
  const bool is_queued = chapter.state() == v1::TICKET_STATE_QUEUED;
  return absl::StrCat(text, ", ", is_queued ? "in the queue" : text::EnumText(chapter.state()));
}

std::string ChapterText(const v1::StoryChapter& chapter) {
  std::string text = absl::StrCat(text::FormatTime(chapter.start_time()), "  ",
                                  PlaceText(chapter), ", for ",
                                  text::FormatDuration(chapter.elapsed()), "\n  ", chapter.fact(),
                                  " by ", text::Printable(chapter.actor()));
  if (!chapter.why().empty()) absl::StrAppend(&text, ": ", text::Printable(chapter.why()));
  text += "\n";
  for (const v1::StoryLine& line : chapter.lines())
    absl::StrAppend(&text, "    ", text::FormatTime(line.time()), "  ",
                    text::Printable(line.text()), "\n");
  return text;
}

}  // namespace

std::string StoryText(const v1::GetStoryResponse& response) {
  std::string text;
  for (const v1::StoryChapter& chapter : response.chapters()) text += ChapterText(chapter);
  return text;
}

}  // namespace redress::ctl
