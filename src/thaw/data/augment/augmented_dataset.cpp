#include "thaw/data/augment/augmented_dataset.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/random.h"
#include "thaw/data/augment/recent_values.h"
#include "thaw/data/augment/view.h"

namespace thaw {
namespace {

void check_shape(const Shape& shape) {
  const bool is_grey = shape.rank() == 2 || (shape.rank() == 3 && shape[2] == 1);
  if (is_grey || (shape.rank() == 3 && shape[2] == 3)) return;
  throw UsageError(
      "augmentation: expected images of shape (height, width, 3), or grey ones of shape (height, "
      "width, 1) or (height, width), received " +
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

Pixels read_pixels(const Dataset& images, int64_t image) {
  Pixels result;
  result.values = Tensor(images.input_shape());
  images.load_pixels(image, result.values.values());
  result.hash = content_bits(std::as_bytes(result.values.values()));
  return result;
}

}  // namespace

struct AugmentedDataset::Recent {
  explicit Recent(const Dataset& images)
      : pixels(8, [&images](int64_t image) { return read_pixels(images, image); }),
        keys(64, [&images](int64_t image) { return images.content_key(image); }) {}

  RecentValues<Pixels> pixels;
  RecentValues<std::string> keys;
};

DatasetOfViews::DatasetOfViews(const Dataset& images) : images_(images) {
  check_shape(images.input_shape());
}

AugmentedDataset::AugmentedDataset(const Dataset& images, const AugmentOptions& options)
    : DatasetOfViews(images), options_(options), recent_(std::make_unique<Recent>(images)) {
  const bool flipped = options.kind == Views::flipped;
  if (options.views < 2 || (flipped && options.views != 2)) {
    throw UsageError(fmt::format("augmentation: expected {} views an image, received {}",
                                 flipped ? "2" : "2 or more", options.views));
  }
}

AugmentedDataset::~AugmentedDataset() = default;

void AugmentedDataset::load_pixels(int64_t index, std::span<float> values) const {
  const auto pixels = recent_->pixels.at(image_of(index));
  const auto number = static_cast<uint64_t>(index % options_.views);
  if (number == 0) {
    std::ranges::copy(pixels->values.values(), values.begin());
  } else {
    show(options_.kind == Views::flipped ? flipped_view(number)
                                         : seeded_view(options_.seed, pixels->hash, number),
         pixels->values, values);
  }
}

std::string AugmentedDataset::content_key(int64_t index) const {
  const auto key = recent_->keys.at(image_of(index));
  const int64_t view = index % options_.views;
  if (view == 0 || key->empty()) return *key;
  if (options_.kind == Views::flipped) return fmt::format("{} flipped", *key);
  return fmt::format("{} seed {} view {}", *key, options_.seed, view);
}

RandomlyAugmentedDataset::RandomlyAugmentedDataset(const Dataset& images, uint64_t seed)
    : DatasetOfViews(images), seed_(seed) {}

void RandomlyAugmentedDataset::load_pixels(int64_t index, std::span<float> values) const {
  if (view_ == 0) return images().load_pixels(index, values);
  const Pixels pixels = read_pixels(images(), index);
  show(seeded_view(seed_, pixels.hash, view_), pixels.values, values);
}

std::string RandomlyAugmentedDataset::content_key(int64_t index) const {
  return view_ == 0 ? images().content_key(index) : std::string();
}

std::unique_ptr<const Dataset> RandomlyAugmentedDataset::at_epoch(uint64_t seed,
                                                                  int64_t epoch) const {
  auto result = std::make_unique<RandomlyAugmentedDataset>(images(), seed_);
  // The training's seed is part of it because each stage of a recipe counts its epochs from 0.
  result->view_ = std::max<uint64_t>(random_stream(seed, static_cast<uint64_t>(epoch)), 1);
  return result;
}

}  // namespace thaw
