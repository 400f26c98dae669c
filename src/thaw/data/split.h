#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

/// A division of images (or other samples) into two parts, by their indices in a listing.
struct Split {
  std::vector<int64_t> training;
  std::vector<int64_t> validation;
};

/// The split of Keras's image_dataset_from_directory(validation_split=fraction, seed): indices
/// 0 … count − 1, shuffled by NumPy's RandomState(seed); the last ⌊fraction · count⌋ are for
/// validation. Both parts keep the shuffled order. Throws UsageError unless 0 < fraction < 1 and
/// neither part is empty.
Split keras_split(int64_t count, double fraction, uint32_t seed);

/// Of each class at most `most` images, chosen at random by `seed`; indices in the listing's order.
std::vector<int64_t> some_of_each_class(std::span<const int64_t> labels, int64_t most,
                                        uint64_t seed);

/// For validation, round(fraction · n) of the n images of each class, chosen at random by `seed`;
/// but of a class of two or more at least one and at most n − 1, and none of a class of one.
/// labels[i] is the class of image i. Both parts keep the listing's order. Throws UsageError as
/// keras_split().
Split stratified_split(std::span<const int64_t> labels, double fraction, uint64_t seed);

}  // namespace thaw
