#include "thaw/app/fit_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/data/split.h"

namespace thaw::app {

void add_data_flags(CLI::App& app, FitDataFlags& flags) {
  app.add_option("images", flags.images, "a folder that holds one folder of images a class")
      ->required();
  auto* folder = app.add_option("--validation", flags.validation,
                                "such a folder of its own for validation, instead of a split");
  app.add_option("--validation-split", flags.validation_split,
                 "the part of the images to validate on (0: none)")
      ->check(CLI::Range(0.0, 0.99))
      ->excludes(folder)
      ->capture_default_str();
  app.add_option("--split", flags.split,
                 "stratified: that part of each class; keras: as Keras splits with this seed")
      ->check(CLI::IsMember({"stratified", "keras"}))
      ->capture_default_str();
}

FitData fit_data(const FitDataFlags& flags, uint64_t seed) {
  const bool as_keras = flags.split == "keras";
  const ListingOptions listing{.only_keras_formats = as_keras};
  ImageFolder folder = list_image_folder(flags.images, listing);
  if (!flags.validation.empty()) {
    const ImageFolder other = list_image_folder(flags.validation, listing);
    ImageFolder validation =
        with_context(flags.validation, [&] { return with_classes(other, folder.class_names); });
    return {std::move(folder), std::move(validation)};
  }
  if (flags.validation_split == 0) return {std::move(folder), std::nullopt};
  if (as_keras && seed > UINT32_MAX) {
    throw UsageError(fmt::format("--seed: expected at most {} for Keras's split, received {}",
                                 UINT32_MAX, seed));
  }
  Split split = as_keras ? keras_split(static_cast<int64_t>(folder.files.size()),
                                       flags.validation_split, static_cast<uint32_t>(seed))
                         : stratified_split(folder.labels, flags.validation_split, seed);
  // Both kinds of split then read files in the order they lie in, and the seed's shuffle of each
  // epoch alone decides the order of training.
  std::ranges::sort(split.training);
  std::ranges::sort(split.validation);
  return {folder.select(split.training), folder.select(split.validation)};
}

std::string identity(const ImageFolder& folder) {
  std::string text;
  for (size_t i = 0; i < folder.files.size(); ++i) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(folder.files[i], failure);
    text += fmt::format("{}/{} {}\n", folder.class_names[static_cast<size_t>(folder.labels[i])],
                        folder.files[i].filename().string(), failure ? 0 : size);
  }
  return content_hash(std::as_bytes(std::span(text)));
}

ImageFolder with_classes(const ImageFolder& folder, const std::vector<std::string>& class_names) {
  std::vector<int64_t> numbers;
  for (const std::string& name : folder.class_names) {
    const auto found = std::ranges::find(class_names, name);
    if (found == class_names.end()) {
      throw Error(fmt::format("expected folders named after the classes {}, received \"{}\"",
                              fmt::join(class_names, ", "), name));
    }
    numbers.push_back(found - class_names.begin());
  }
  ImageFolder result = folder;
  result.class_names = class_names;
  for (int64_t& label : result.labels) label = numbers[static_cast<size_t>(label)];
  return result;
}

}  // namespace thaw::app
