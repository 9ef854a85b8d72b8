// A PostgreSQL server of its own, as a yardstick: Debian's package, in a new temporary directory,
// which is removed in the end.
//
// Listens on a socket in its directory and nowhere else. Runs as the user postgres where the bench
// runs as root, which PostgreSQL refuses. Any failure of it ends the bench.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::bench {

class Postgres {
 public:
  Postgres();
  ~Postgres();
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // Runs statements, and answers what they print: a line for each row, fields apart by "|".
  std::string Run(absl::string_view sql) const;
  // Fills a table from lines of tab-separated fields in a file.
  void CopyFrom(const std::string& table, const std::string& file) const;
  // Milliseconds of one statement within an open connection, `repeats` times.
  std::vector<double> Time(absl::string_view sql, int repeats) const;

 private:
  std::string Command(const std::string& program, const std::string& arguments) const;
  std::string Psql(const std::string& arguments) const;

  const std::string directory_;
};

}  // namespace redress::bench
