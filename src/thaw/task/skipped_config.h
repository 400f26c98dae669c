#pragma once

#include <span>

#include "thaw/core/config.h"
#include "thaw/data/skipped_files.h"

namespace thaw {

/// For JSON: [{"kind": ".txt", "reason": "no image's ending", "count": 3, "example":
/// "a/notes.txt"}].
Config to_config(std::span<const SkippedFiles> skipped);

}  // namespace thaw
