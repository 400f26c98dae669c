#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

/// Indices into a listing.
struct Split {
  std::vector<int64_t> training;
  std::vector<int64_t> validation;
};

/// The split of Keras's image_dataset_from_directory(validation_split, seed): the listing, shuffled
/// by NumPy's RandomState(seed); its last int(fraction · count) entries validate. Both parts keep
/// the shuffled order. Throws UsageError unless 0 < fraction < 1 and both parts hold something.
Split keras_split(int64_t count, double fraction, uint32_t seed);

/// Takes round(fraction · n) of each class of n for validation, chosen by `seed`, but leaves at
/// least one of each class to train on and, where n > 1, gives at least one to validation. Both
/// parts keep the listing's order. Throws UsageError as keras_split().
Split stratified_split(std::span<const int64_t> labels, double fraction, uint64_t seed);

}  // namespace thaw
