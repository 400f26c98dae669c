#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

/// The fold of each image, 0 … folds − 1: each class is dealt out evenly, its images in an order
/// shuffled by `seed`, and the next class begins where the last one ended, so folds differ by at
/// most one image of a class and, without `same`, by at most one image in all. Images of equal
/// `same` number (copies of one image; empty: all differ) come into one fold, wherever that is, so
/// that none is kept out of what was fitted to its copy. Throws UsageError unless folds ≥ 2.
std::vector<int> stratified_folds(std::span<const int64_t> labels, int folds, uint64_t seed,
                                  std::span<const int64_t> same = {});

/// The same, of as many folds as have an image: fewer than asked for where there are fewer images.
/// Throws Error where no class has two images, so that none can be kept out.
std::vector<int> filled_folds(std::span<const int64_t> labels, int folds, uint64_t seed,
                              std::span<const int64_t> same = {});

/// The images that are not in this fold, ascending.
std::vector<int64_t> images_outside(std::span<const int> folds, int fold);

}  // namespace thaw
