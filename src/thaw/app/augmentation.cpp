#include "thaw/app/augmentation.h"

#include <fmt/format.h>

#include <charconv>

#include "thaw/app/readable_bytes.h"
#include "thaw/data/augment/augmented_dataset.h"

namespace thaw::app {
namespace {

constexpr int64_t most_views = 1024;

}  // namespace

Augmentation Augmentation::parse(const std::string& text) {
  if (text == "none") return {};
  if (text == "flip") return {.kind = Kind::flip, .views = 2};
  if (text == "random") return {.kind = Kind::random};
  int64_t views = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), views);
  if (failure != std::errc() || end != text.data() + text.size() || views < 2 ||
      views > most_views) {
    throw UsageError(fmt::format(
        "--augment: expected none, flip, random or a number of views from 2 to {}, received \"{}\"",
        most_views, text));
  }
  return {.kind = Kind::views, .views = views};
}

std::unique_ptr<Dataset> Augmentation::of(const Dataset& pictures, uint64_t seed) const {
  switch (kind) {
    case Kind::flip:
      return std::make_unique<AugmentedDataset>(
          pictures, AugmentOptions{.kind = Views::flipped, .views = views, .seed = seed});
    case Kind::views:
      return std::make_unique<AugmentedDataset>(
          pictures, AugmentOptions{.kind = Views::seeded, .views = views, .seed = seed});
    case Kind::random:
      return std::make_unique<RandomlyAugmentedDataset>(pictures, seed);
    case Kind::none:
      break;
  }
  return nullptr;
}

std::string Augmentation::cost(int64_t pictures, int64_t feature_row_bytes, bool kept) const {
  if (kind == Kind::random)
    return "augmentation: new views in every epoch, each computed through the frozen layers";
  const int64_t rows = pictures * views;
  return fmt::format("augmentation: {} views a picture, {} rows, {}", views, rows,
                     kept ? readable_bytes(rows * feature_row_bytes) + " of features to keep"
                          : "computed anew in every epoch");
}

}  // namespace thaw::app
