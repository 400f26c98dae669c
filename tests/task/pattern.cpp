#include "task/pattern.h"

#include <fstream>
#include <sstream>

#include "support/golden_file.h"

namespace thaw::testing {

void PrintTo(const Pattern& pattern, std::ostream* out) {
  *out << pattern.generation << "/" << pattern.name;
}

std::vector<Pattern> all_patterns() {
  std::vector<Pattern> result;
  for (const char* generation : {"keras", "tf_keras"}) {
    const GoldenFile golden("patterns/" + std::string(generation) + "/patterns.golden.gz");
    std::istringstream names(golden.text("patterns"));
    for (std::string name; names >> name;) result.push_back({generation, name});
  }
  return result;
}

std::filesystem::path unpack(const Pattern& pattern, const std::filesystem::path& folder) {
  const std::string home = "patterns/" + pattern.generation + "/";
  const std::string file = GoldenFile(home + "patterns.golden.gz").text(pattern.name + "/file");
  std::ofstream(folder / file, std::ios::binary) << unzip_golden(home + file + ".gz");
  return folder / file;
}

}  // namespace thaw::testing
