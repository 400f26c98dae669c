#pragma once

#include <string>
#include <vector>

#include "app/program.h"
#include "support/temporary_folder.h"

namespace thaw::testing {

/// A folder with images of three colours and a base, and the command that fits them.
class SmallFit {
 public:
  SmallFit() {
    draw_images(folder_ / "images", 20, 1);
    save_small_base(folder_ / "base.keras");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> arguments(const std::string& out,
                                     const std::vector<std::string>& more = {}) const {
    std::vector<std::string> result{"fit",
                                    path("images"),
                                    "--out",
                                    path(out),
                                    "--base",
                                    path("base.keras"),
                                    "--preprocessing",
                                    "tf",
                                    "--unfreeze",
                                    "2",
                                    "--learning-rate",
                                    "0.01",
                                    "--batch-size",
                                    "8",
                                    "--cache",
                                    path("cache")};
    result.insert(result.end(), more.begin(), more.end());
    return result;
  }
  /// Names of the files in the folder itself, those of the cache, all that begin with a dot.
  std::vector<std::string> hidden_files() const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
      if (entry.path().filename().string().starts_with("."))
        result.push_back(entry.path().string());
    return result;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace thaw::testing
