#pragma once

#include <memory>
#include <string>

#include "thaw/data/dataset.h"

namespace thaw {

class OptionList;

/// Views of each training image that a fit learns from as well.
struct Augmentation {
  enum class Kind {
    none,
    flip,   ///< its mirror image too
    views,  ///< `views` of them, the same in every epoch
    random  ///< a new one in every epoch
  };
  Kind kind = Kind::none;
  int64_t views = 1;  ///< rows an image

  /// none, flip, random, or a number of views. Throws UsageError.
  static Augmentation parse(const std::string& text);
  /// What parse() reads.
  std::string to_string() const;
  void describe(OptionList& options);

  /// The augmented images, which it borrows; nullptr for none.
  std::unique_ptr<Dataset> of(const Dataset& images, uint64_t seed) const;

  /// In a line: how many rows there will be, and what their features take when `kept`.
  std::string cost(int64_t images, int64_t feature_row_bytes, bool kept) const;
};

}  // namespace thaw
