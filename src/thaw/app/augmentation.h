#pragma once

#include <memory>
#include <string>

#include "thaw/data/dataset.h"

namespace thaw::app {

/// What --augment asks for.
struct Augmentation {
  enum class Kind { none, flip, views, random };
  Kind kind = Kind::none;
  int64_t views = 1;  ///< rows a picture

  /// none, flip, random, or a number of views. Throws UsageError.
  static Augmentation parse(const std::string& text);

  /// The augmented pictures, which it borrows; nullptr for none.
  std::unique_ptr<Dataset> of(const Dataset& pictures, uint64_t seed) const;

  /// In a line: how many rows there will be, and what their features take when `kept`.
  std::string cost(int64_t pictures, int64_t feature_row_bytes, bool kept) const;
};

}  // namespace thaw::app
