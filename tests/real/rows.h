// Rows of real data, which lie beside the repository.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <vector>

namespace redress::real {

// The lines of a text file, packed with gzip or not. Ends the process when it cannot be read.
std::vector<std::string> ReadLines(const std::string& path);

// The objects of a file with one JSON object in each line.
std::vector<google::protobuf::Struct> ReadObjects(const std::string& path);

// The text under a key, or the empty string.
std::string Text(const google::protobuf::Struct& object, const std::string& key);

// The only file of the folder whose name ends so; the empty string when there is none or more.
std::string FileEndingWith(const std::string& folder, const std::string& ending);

// The folder that the arguments name; else $REDRESS_SHARED/data/NAME or ../shared/data/NAME beside
// the working directory. Ends the process with a line and success when it is not there.
std::string FolderOrSkip(int argc, char** argv, const std::string& name);

}  // namespace redress::real
