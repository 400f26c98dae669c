#include "support/shared_files.h"

#include "thaw/core/files.h"

namespace thaw::testing {

std::filesystem::path shared_file(const std::string& relative_path) {
  const std::string folder = environment("THAW_SHARED");
  return (folder.empty() ? std::filesystem::path(THAW_SOURCE_FOLDER) / "../shared"
                         : std::filesystem::path(folder)) /
         relative_path;
}

}  // namespace thaw::testing
