#include "thaw/task/augmentation.h"

#include <fmt/format.h>

#include <charconv>

#include "thaw/core/readable_bytes.h"
#include "thaw/data/augment/augmented_dataset.h"
#include "thaw/task/option.h"

namespace thaw {
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
        "expected none, flip, random or a number of views from 2 to {}, received \"{}\"",
        most_views, text));
  }
  return {.kind = Kind::views, .views = views};
}

std::string Augmentation::to_string() const {
  switch (kind) {
    case Kind::flip:
      return "flip";
    case Kind::views:
      return std::to_string(views);
    case Kind::random:
      return "random";
    case Kind::none:
      break;
  }
  return "none";
}

void Augmentation::describe(OptionList& options) {
  options.add<Augmentation>(
      "augment", *this, &Augmentation::parse,
      [](const Augmentation& value) { return value.to_string(); },
      {.help = "views of each training image to learn from too. none; flip: its mirror image; a "
               "number N: N seeded ones (crop, flip, rotation, colour), kept like images; random: "
               "new ones in every epoch, which keeps nothing",
       .value = "none|flip|N|random"});
}

std::unique_ptr<Dataset> Augmentation::of(const Dataset& images, uint64_t seed) const {
  switch (kind) {
    case Kind::flip:
      return std::make_unique<AugmentedDataset>(
          images, AugmentOptions{.kind = Views::flipped, .views = views, .seed = seed});
    case Kind::views:
      return std::make_unique<AugmentedDataset>(
          images, AugmentOptions{.kind = Views::seeded, .views = views, .seed = seed});
    case Kind::random:
      return std::make_unique<RandomlyAugmentedDataset>(images, seed);
    case Kind::none:
      break;
  }
  return nullptr;
}

std::string Augmentation::cost(int64_t images, int64_t feature_row_bytes, bool kept) const {
  if (kind == Kind::random)
    return "augmentation: new views in every epoch, each computed through the frozen layers";
  const int64_t rows = images * views;
  return fmt::format("augmentation: {} views an image, {} rows, {}", views, rows,
                     kept ? readable_bytes(rows * feature_row_bytes) + " of features to keep"
                          : "computed anew in every epoch");
}

}  // namespace thaw
