// Routes real texts by playbooks that were written from other rows of the same sources, and prints
// how often the department is the one that finally took the case.
//
//     routing [--half 0|1] [DIR]
//
// Looks at every *.jsonl.gz of DIR, or of ../shared/data/{itsm,zh-gov,cfpb} when left out, whose
// rows have one of the forms below; the playbooks are tests/real/playbooks/*.yaml. --half takes
// only one half of the rows, by a hash of their ids: write rules while looking at one half, and
// judge them by the other. Exit 1 when an accuracy is below its floor.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "engine/playbook/playbook.h"
#include "engine/rules/route.h"
#include "tests/real/rows.h"

namespace redress::real {
namespace {

namespace v1 = redress::v1;
using google::protobuf::Struct;

constexpr char kPlaybooks[] = "tests/real/playbooks/";
constexpr char kOther[] = "other";

struct Case {
  std::string id;
  v1::Issue issue;
  std::string department;  // the right one; empty: the row does not say
};

// A source's rows, by the keys that they have.
struct Form {
  const char* name;
  std::vector<std::string> keys;
  Case (*read)(const Struct& row);
  double accuracy_min;
};

v1::Issue MakeIssue(const std::string& title, const std::string& text) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  issue.set_channel("web");
  issue.set_title(title);
  issue.set_text(title.empty() ? text : absl::StrCat(title, "\n", text));
  return issue;
}

// Tickets of a service desk: who finally took them, the desk itself or a group of specialists.
Case ReadTicket(const Struct& row) {
  constexpr char kDesk[] = "GRP_0";
  const std::string group = Text(row, "group");
  return {Text(row, "id"), MakeIssue(Text(row, "short"), Text(row, "text")),
          group == kDesk ? "desk" : "specialists"};
}

// Messages of citizens, with the department that they are about.
Case ReadMessage(const Struct& row) {
  static const auto& departments = *new std::map<std::string, std::string>{
      {"城乡建设", "construction"},    {"教育文体", "education"}, {"劳动和社会保障", "labour"},
      {"卫生计生", "health"},          {"商贸旅游", "commerce"},  {"交通运输", "transport"},
      {"环境保护", "environment"},
  };
  const auto found = departments.find(Text(row, "label"));
  return {Text(row, "id"), MakeIssue(Text(row, "subject"), Text(row, "text")),
          found == departments.end() ? kOther : found->second};
}

// The product families of the Bureau's complaints, whose names changed over the years.
std::string FamilyOf(const std::string& product) {
  constexpr struct {
    const char* word;
    const char* family;
  } kFamilies[] = {
      {"Credit report", "reporting"}, {"Debt collection", "collection"},
      {"Payday", "loans"},            {"Consumer Loan", "loans"},
      {"Mortgage", "mortgage"},       {"Money transfer", "transfers"},
      {"card", "cards"},              {"Checking", "accounts"},
      {"Bank account", "accounts"},   {"Vehicle", "vehicles"},
      {"Student", "students"},        {"credit management", "reporting"},
  };
  for (const auto& family : kFamilies) {
    if (absl::StrContains(product, family.word)) return family.family;
  }
  return kOther;
}

Case ReadComplaint(const Struct& row) {
  const std::string id = Text(row, "id").empty() ? Text(row, "complaint_id") : Text(row, "id");
  const std::string text = Text(row, "text").empty() ? Text(row, "narrative") : Text(row, "text");
  return {id, MakeIssue("", text), text.empty() ? "" : FamilyOf(Text(row, "product"))};
}

const std::vector<Form>& Forms() {
  static const auto& forms = *new std::vector<Form>{
      {"itsm", {"short", "text", "group"}, ReadTicket, 0.70},
      {"zh-gov", {"subject", "text", "label"}, ReadMessage, 0.70},
      {"cfpb", {"product", "issue", "response"}, ReadComplaint, 0.70},
  };
  return forms;
}

const Form* FormOf(const Struct& row) {
  for (const Form& form : Forms()) {
    const bool has_keys = std::all_of(form.keys.begin(), form.keys.end(), [&](const auto& key) {
      return row.fields().contains(key);
    });
    if (has_keys) return &form;
  }
  return nullptr;
}

std::unique_ptr<const engine::Playbook> ReadPlaybook(const std::string& name) {
  std::ostringstream source;
  source << std::ifstream(absl::StrCat(kPlaybooks, name, ".yaml")).rdbuf();
  engine::PlaybookCompilation compilation = engine::CompilePlaybook(source.str());
  for (const engine::Finding& finding : compilation.findings) {
    std::fprintf(stderr, "%s%s.yaml:%s\n", kPlaybooks, name.c_str(),
                 engine::Render(finding).c_str());
  }
  if (compilation.playbook == nullptr) std::exit(2);
  return std::move(compilation.playbook);
}

// How the cases of one form went.
class Score {
 public:
  explicit Score(const Form& form) : form_(form), playbook_(ReadPlaybook(form.name)) {}

  void Route(const Case& known) {
    const v1::CustomerFacts customer = engine::CustomerFactsOf(known.issue.customer(), 0);
    const v1::Decision decision = engine::Route(
        playbook_->rules(),
        {known.issue, engine::NewTicketFacts(known.issue, customer), customer});
    const std::string& department = decision.effects().department();
    ++cells_[known.department][department];
    ++rules_[decision.route_rule()][known.department];
    ++cases_;
    if (department == known.department) ++right_;
  }

  // False when too many went wrong.
  bool Print() const {
    const double accuracy = static_cast<double>(right_) / std::max(cases_, 1);
    for (const auto& [department, sent] : cells_) {
      std::printf("  %-14s", department.c_str());
      for (const auto& [to, count] : sent) std::printf(" %s=%d", to.c_str(), count);
      std::printf("\n");
    }
    if (std::getenv("REDRESS_RULES") != nullptr) PrintRules();
    const bool is_enough = accuracy >= form_.accuracy_min;
    std::printf("%-10s %6d cases, %6d right, accuracy %.4f, at least %.2f  %s\n", form_.name,
                cases_, right_, accuracy, form_.accuracy_min, is_enough ? "ok" : "SHORT");
    return is_enough;
  }

 private:
  // What each row sent, and where it should have gone.
  void PrintRules() const {
    for (const auto& [rule, counts] : rules_) {
      std::printf("    row %-28s", rule.c_str());
      for (const auto& [department, count] : counts) {
        std::printf(" %s=%d", department.c_str(), count);
      }
      std::printf("\n");
    }
  }

  const Form& form_;
  std::unique_ptr<const engine::Playbook> playbook_;
  std::map<std::string, std::map<std::string, int>> cells_;  // by the right one and the one taken
  std::map<std::string, std::map<std::string, int>> rules_;
  int cases_ = 0;
  int right_ = 0;
};

int HalfOf(const std::string& id) { return static_cast<unsigned char>(base::Sha256(id)[0]) % 2; }

std::vector<std::string> FilesOf(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (absl::EndsWith(entry.path().string(), ".jsonl.gz")) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

int Main(int argc, char** argv) {
  std::optional<int> half;
  if (argc > 2 && std::string(argv[1]) == "--half") {
    half = std::atoi(argv[2]);
    argv += 2;
    argc -= 2;
  }
  std::vector<std::string> folders;
  for (const Form& form : Forms()) {
    folders.push_back(FolderOrSkip(argc, argv, form.name));
    if (argc > 1) break;
  }
  std::map<const Form*, Score> scores;
  for (const std::string& folder : folders) {
    for (const std::string& file : FilesOf(folder)) {
      const std::vector<Struct> rows = ReadObjects(file);
      const Form* form = rows.empty() ? nullptr : FormOf(rows[0]);
      if (form == nullptr) continue;
      Score& score = scores.try_emplace(form, *form).first->second;
      for (const Struct& row : rows) {
        const Case known = form->read(row);
        if (known.department.empty() || (half && HalfOf(known.id) != *half)) continue;
        score.Route(known);
      }
    }
  }
  bool is_enough = !scores.empty();
  for (const Form& form : Forms()) {
    const auto score = scores.find(&form);
    if (score != scores.end()) is_enough &= score->second.Print();
  }
  return is_enough ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
