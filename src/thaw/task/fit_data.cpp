#include "thaw/task/fit_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/data/split.h"
#include "thaw/task/class_folders.h"
#include "thaw/task/option.h"

namespace thaw {

namespace {

constexpr std::pair<const char*, SplitKind> split_kinds[] = {{"stratified", SplitKind::stratified},
                                                             {"keras", SplitKind::keras}};

}  // namespace

void ImageSource::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d] = *this;
  const std::string same_files = "the images that come of it, by name and size";
  options.add("images", images,
              {.help = "a folder that holds one folder of images a class",
               .value = "IMAGES",
               .required = true,
               .positional = true,
               .compared_as = same_files,
               .completes = Completes::folder});
  options.add("validation", validation,
              {.help = "such a folder of its own for validation, instead of a part of IMAGES",
               .value = "DIR",
               .compared_as = same_files,
               .completes = Completes::folder});
  options.add("validation-split", validation_split,
              {.help = "the part of the images to validate on (0: none)",
               .value = "PART",
               .range = Range{0, 0.99},
               .excludes = "validation",
               .compared_as = same_files});
  options.add(
      "split", split, split_kinds,
      {.help = "how that part is chosen; stratified: the same part of each class; keras: as "
               "Keras chooses with this seed",
       .compared_as = same_files});
}

FitData fit_data(const ImageSource& source, uint64_t seed) {
  const bool as_keras = source.split == SplitKind::keras;
  const ListingOptions listing{.only_keras_formats = as_keras};
  ImageFolder folder = list_image_folder(source.images, listing);
  if (!source.validation.empty()) {
    const ImageFolder other = list_image_folder(source.validation, listing);
    ImageFolder validation = with_context(source.validation.string(),
                                          [&] { return with_classes(other, folder.class_names); });
    return {std::move(folder), std::move(validation)};
  }
  if (source.validation_split == 0) return {std::move(folder), std::nullopt};
  if (as_keras && seed > UINT32_MAX) {
    throw UsageError(fmt::format("--seed: expected at most {} for Keras's split, received {}",
                                 UINT32_MAX, seed));
  }
  Split split = as_keras ? keras_split(static_cast<int64_t>(folder.files.size()),
                                       source.validation_split, static_cast<uint32_t>(seed))
                         : stratified_split(folder.labels, source.validation_split, seed);
  // Both kinds of split then read files in the order they lie in, and the seed's shuffle of each
  // epoch alone decides the order of training.
  std::ranges::sort(split.training);
  std::ranges::sort(split.validation);
  return {folder.select(split.training), folder.select(split.validation)};
}

std::vector<std::string> file_list(const ImageFolder& folder) {
  std::vector<std::string> result;
  result.reserve(folder.files.size());
  for (size_t i = 0; i < folder.files.size(); ++i) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(folder.files[i], failure);
    result.push_back(fmt::format("{}/{} {}",
                                 folder.class_names[static_cast<size_t>(folder.labels[i])],
                                 folder.files[i].filename().string(), failure ? 0 : size));
  }
  return result;
}

std::string identity(const ImageFolder& folder) {
  std::string text;
  for (const std::string& file : file_list(folder)) text += file + "\n";
  return content_hash(std::as_bytes(std::span(text)));
}

}  // namespace thaw
