#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thaw/train/history.h"

namespace thaw {

/// `text` with numbers in the places of their names, as Python's str.format() puts them there:
/// "{epoch:02d}-{val_loss:.2f}.keras"; "{{" is a brace. `counts` are whole numbers: epoch, batch.
/// Throws UsageError naming what there is where a name is none, or where the form after the colon
/// is none of numbers.
std::string logs_text(std::string_view text,
                      const std::vector<std::pair<std::string, int64_t>>& counts, const Logs& logs);

}  // namespace thaw
