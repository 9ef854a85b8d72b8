#include "bench/postgres.h"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/check.h"

namespace redress::bench {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin";
constexpr char kUser[] = "postgres";

// What the command printed; it must end well.
std::string Output(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  CHECK(pipe != nullptr);
  std::string text;
  std::array<char, 4096> buffer;
  for (size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), size);
  const int status = pclose(pipe);
  if (status != 0) base::CheckFailed(__FILE__, __LINE__, absl::StrCat(command, " failed"));
  return text;
}

// Its files must be the user's whom it runs as, and on the way to them nothing may stop that user.
std::string NewDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "redress_postgres_XXXXXX";
  CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

}  // namespace

Postgres::Postgres() : directory_(NewDirectory()) {
  if (geteuid() == 0) Output(absl::StrCat("chown ", kUser, " ", directory_));
  Output(Command("initdb", absl::StrCat("-D ", directory_, "/data -A trust -U ", kUser)));
  // As for a server of reports: nothing is synced, much fits into memory, workers share a query.
  const std::string settings = absl::StrCat(
      "-k ", directory_, " -c listen_addresses= -c fsync=off -c shared_buffers=2GB "
      "-c work_mem=256MB -c max_parallel_workers_per_gather=2 -c max_wal_size=8GB");
  Output(Command("pg_ctl", absl::StrCat("-w -D ", directory_, "/data -l ", directory_,
                                        "/log -o '", settings, "' start")));
}

Postgres::~Postgres() {
  Output(Command("pg_ctl", absl::StrCat("-D ", directory_, "/data -m immediate stop")));
  std::filesystem::remove_all(directory_);
}

std::string Postgres::Command(const std::string& program, const std::string& arguments) const {
  const std::string as_user =
      geteuid() == 0 ? absl::StrCat("cd / && runuser -u ", kUser, " -- ") : "";
  return absl::StrCat(as_user, kPrograms, "/", program, " ", arguments, " </dev/null");
}

// Statements come from a file, so that no shell reads them.
std::string Postgres::Psql(const std::string& arguments) const {
  return absl::StrCat(kPrograms, "/psql -X -q -A -t -v ON_ERROR_STOP=1 -h ", directory_, " -U ",
                      kUser, " ", arguments);
}

std::string Postgres::Run(absl::string_view sql) const {
  const std::string file = directory_ + "/statement.sql";
  std::ofstream(file) << sql;
  return Output(Psql(absl::StrCat("-f ", file)));
}

void Postgres::CopyFrom(const std::string& table, const std::string& file) const {
  Run(absl::StrCat("\\copy ", table, " from '", file, "'\n"));
}

std::vector<double> Postgres::Time(absl::string_view sql, int repeats) const {
  std::string script = "\\timing on\n\\o /dev/null\n";
  for (int i = 0; i < repeats; ++i) absl::StrAppend(&script, sql, "\n");
  std::vector<double> times;
  const std::string printed = Run(script);
  for (absl::string_view line : absl::StrSplit(printed, '\n')) {
    if (!absl::ConsumePrefix(&line, "Time: ")) continue;
    double milliseconds = 0;
    CHECK(absl::SimpleAtod(line.substr(0, line.find(' ')), &milliseconds));
    times.push_back(milliseconds);
  }
  CHECK_EQ(static_cast<int>(times.size()), repeats);
  return times;
}

}  // namespace redress::bench
