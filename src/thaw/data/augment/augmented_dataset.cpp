#include "thaw/data/augment/augmented_dataset.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/random.h"
#include "thaw/data/augment/recent_values.h"
#include "thaw/data/augment/view.h"

namespace thaw {
namespace {

void check_shape(const Shape& shape) {
  if (shape.rank() == 3 && shape[2] == 3) return;
  throw UsageError("augmentation: expected pictures of shape (height, width, 3), received " +
                   shape.to_string());
}

void show(const View& view, const Tensor& pixels, std::span<float> out) {
  show(view, pixels.values(), static_cast<int>(pixels.shape()[0]),
       static_cast<int>(pixels.shape()[1]), out);
}

struct Pixels {
  Tensor values;
  ContentHash hash;
};

Pixels pixels_of(const Dataset& pictures, int64_t picture) {
  Pixels result;
  result.values = Tensor(pictures.input_shape());
  pictures.load_pixels(picture, result.values.values());
  result.hash = content_bits(std::as_bytes(result.values.values()));
  return result;
}

}  // namespace

struct AugmentedDataset::Recent {
  explicit Recent(const Dataset& pictures)
      : pixels(8, [&pictures](int64_t picture) { return pixels_of(pictures, picture); }),
        keys(64, [&pictures](int64_t picture) { return pictures.content_key(picture); }) {}

  RecentValues<Pixels> pixels;
  RecentValues<std::string> keys;
};

AugmentedDataset::AugmentedDataset(const Dataset& pictures, const AugmentOptions& options)
    : pictures_(pictures), options_(options), recent_(std::make_unique<Recent>(pictures)) {
  check_shape(pictures.input_shape());
  const bool flipped = options.kind == Views::flipped;
  if (options.views < 2 || (flipped && options.views != 2)) {
    throw UsageError(fmt::format("augmentation: expected {} views a picture, received {}",
                                 flipped ? "2" : "2 or more", options.views));
  }
}

AugmentedDataset::~AugmentedDataset() = default;

void AugmentedDataset::load_pixels(int64_t index, std::span<float> values) const {
  const auto pixels = recent_->pixels.at(index / options_.views);
  const auto number = static_cast<uint64_t>(index % options_.views);
  if (number == 0) {
    std::ranges::copy(pixels->values.values(), values.begin());
  } else {
    show(options_.kind == Views::flipped ? flipped_view(number)
                                         : seeded_view(options_.seed, pixels->hash, number),
         pixels->values, values);
  }
}

void AugmentedDataset::load(int64_t index, std::span<float> values) const {
  load_pixels(index, values);
  preprocess(values);
}

std::string AugmentedDataset::content_key(int64_t index) const {
  const auto key = recent_->keys.at(index / options_.views);
  const int64_t view = index % options_.views;
  if (view == 0 || key->empty()) return *key;
  if (options_.kind == Views::flipped) return fmt::format("{} flipped", *key);
  return fmt::format("{} seed {} view {}", *key, options_.seed, view);
}

RandomlyAugmentedDataset::RandomlyAugmentedDataset(const Dataset& pictures, uint64_t seed)
    : pictures_(pictures), seed_(seed) {
  check_shape(pictures.input_shape());
}

void RandomlyAugmentedDataset::load_pixels(int64_t index, std::span<float> values) const {
  if (view_ == 0) return pictures_.load_pixels(index, values);
  const Pixels pixels = pixels_of(pictures_, index);
  show(seeded_view(seed_, pixels.hash, view_), pixels.values, values);
}

void RandomlyAugmentedDataset::load(int64_t index, std::span<float> values) const {
  load_pixels(index, values);
  preprocess(values);
}

std::string RandomlyAugmentedDataset::content_key(int64_t index) const {
  return view_ == 0 ? pictures_.content_key(index) : std::string();
}

std::unique_ptr<const Dataset> RandomlyAugmentedDataset::at_epoch(uint64_t seed,
                                                                  int64_t epoch) const {
  auto result = std::make_unique<RandomlyAugmentedDataset>(pictures_, seed_);
  // By the training's seed too: the stages of a recipe count their epochs anew.
  result->view_ = std::max<uint64_t>(random_stream(seed, static_cast<uint64_t>(epoch)), 1);
  return result;
}

}  // namespace thaw
