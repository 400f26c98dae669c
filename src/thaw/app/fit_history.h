#pragma once

#include <filesystem>

#include "thaw/data/image_dataset.h"
#include "thaw/recipe/recipe.h"

namespace thaw::app {

/// The largest memory that this process has held.
int64_t peak_rss_bytes();

struct FitSummary {
  std::vector<std::string> classes;
  int64_t train_images = 0;
  int64_t validation_images = 0;
  double seconds = 0;
};

/// Writes the JSON that `thaw fit --history` promises.
void write_history(const std::filesystem::path& path, const FitSummary& summary,
                   const Recipe& recipe);

}  // namespace thaw::app
