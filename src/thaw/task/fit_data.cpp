#include "thaw/task/fit_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "thaw/core/content_hash.h"
#include "thaw/core/error.h"
#include "thaw/data/same_images.h"
#include "thaw/data/source.h"
#include "thaw/data/split.h"
#include "thaw/task/broken_images.h"
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
  [[maybe_unused]] const auto& [a, b, c, d, e, f] = *this;
  const std::string same_files = "the images that come of it, by name and size";
  options.add("images", images,
              {.help = "images in folders named after their classes, or another source: " +
                       sources::listed(),
               .value = "IMAGES",
               .required = true,
               .positional = true,
               .compared_as = same_files,
               .completes = Completes::file});
  options.add("validation", validation,
              {.help = "such a source of its own for validation, instead of a part of IMAGES",
               .value = "DIR",
               .compared_as = same_files,
               .completes = Completes::file});
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
  options.add("images-per-class", images_per_class,
              {.help = "at most so many images of each class, chosen by the seed: for a first try, "
                       "or to see what more images would bring",
               .value = "N",
               .range = Range{1, 1e9},
               .unset = "all",
               .compared_as = same_files});
  describe_allowed_broken(allowed_broken, options);
}

namespace {

ListingOptions listing_options(const ImageSource& source) {
  return {.only_keras_formats = source.split == SplitKind::keras};
}

/// What is meant: where IMAGES says what is for training and validation, that.
ImageSource with_parts(ImageSource source, std::vector<std::string>& remarks) {
  const auto unwrap = [&](std::filesystem::path& path) {
    const auto inner = source_meant(path, listing_options(source));
    if (inner == path) return;
    remarks.push_back(
        fmt::format("{} holds one folder alone: taking {}", path.string(), inner.string()));
    path = inner;
  };
  unwrap(source.images);
  if (!source.validation.empty()) unwrap(source.validation);
  const auto parts = source_parts(source.images, listing_options(source));
  if (!parts) return source;
  std::string remark = fmt::format("{} holds parts of a data set and no classes: training on {}",
                                   source.images.string(), parts->training.string());
  source.images = parts->training;
  std::vector<std::string> unused;
  if (parts->validation && source.validation.empty()) {
    source.validation = *parts->validation;
    remark += fmt::format(", validating on {}", source.validation.string());
  } else if (parts->validation) {
    unused.push_back(parts->validation->string());
  }
  for (const auto* others : {&parts->others, &parts->without_classes})
    for (const auto& other : *others) unused.push_back(other.string());
  if (!unused.empty()) remark += fmt::format("; not used: {}", fmt::join(unused, ", "));
  remarks.push_back(std::move(remark));
  return source;
}

void remark_on_same_images(FitData& data) {
  const auto found = find_same_images(data.train, data.validation ? &*data.validation : nullptr);
  const auto remark = [&](const SameImages& same, const char* where) {
    if (same.files == 0) return;
    data.remarks.push_back(fmt::format("{} image{} {}: {} is the same as {}", same.files,
                                       same.files == 1 ? " is there twice," : "s are there twice,",
                                       where, same.second.string(), same.first.string()));
  };
  remark(found.in_two_classes, "in two classes");
  remark(found.in_validation, "for training and for validation");
}

FitData listed(const ImageSource& source, uint64_t seed) {
  const bool as_keras = source.split == SplitKind::keras;
  const auto list = [&](const std::filesystem::path& path) {
    ImageFolder all = list_source(path, listing_options(source));
    if (!source.images_per_class) return all;
    return all.select(some_of_each_class(all.labels, *source.images_per_class, seed));
  };
  ImageFolder folder = list(source.images);
  if (!source.validation.empty()) {
    const ImageFolder other = list(source.validation);
    ImageFolder validation = with_context(source.validation.string(),
                                          [&] { return with_classes(other, folder.class_names); });
    std::vector<SkippedFiles> skipped = folder.skipped;
    add(skipped, other.skipped);
    return {std::move(folder), std::move(validation), std::move(skipped)};
  }
  std::vector<SkippedFiles> skipped = folder.skipped;
  if (source.validation_split == 0) return {std::move(folder), std::nullopt, std::move(skipped)};
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
  return {folder.select(split.training), folder.select(split.validation), std::move(skipped)};
}

}  // namespace

FitData fit_data(const ImageSource& source, uint64_t seed) {
  std::vector<std::string> remarks;
  const ImageSource meant = with_parts(source, remarks);
  FitData data = listed(meant, seed);
  data.remarks = std::move(remarks);
  for (const ImageFolder* folder : {&data.train, data.validation ? &*data.validation : nullptr}) {
    if (folder == nullptr) continue;
    for (const std::string& remark : folder->remarks)
      if (std::ranges::find(data.remarks, remark) == data.remarks.end())
        data.remarks.push_back(remark);
  }
  find_broken(data.train, data.broken, data.skipped);
  if (data.validation) find_broken(*data.validation, data.broken, data.skipped);
  if (!data.skipped.empty()) data.remarks.push_back("left out: " + in_words(data.skipped));
  const int64_t images =
      std::ssize(data.train.files) + (data.validation ? std::ssize(data.validation->files) : 0);
  check_broken(meant.images, images, std::ssize(data.broken), source.allowed_broken, data.skipped);
  remark_on_same_images(data);
  return data;
}

std::vector<std::string> file_list(const ImageFolder& folder) {
  std::vector<std::string> result;
  result.reserve(folder.files.size());
  for (size_t i = 0; i < folder.files.size(); ++i) {
    const auto size = image_file_bytes(folder.files[i], folder.contents.get());
    result.push_back(fmt::format("{}/{} {}",
                                 folder.class_names[static_cast<size_t>(folder.labels[i])],
                                 folder.files[i].filename().string(), size.value_or(0)));
  }
  return result;
}

std::vector<std::string> content_list(const ImageFolder& folder, const ImageDataset& images) {
  constexpr size_t enough = 8;  // of 32 digits: for one file to be another by chance, 2^-32
  std::vector<std::string> result;
  result.reserve(folder.files.size());
  for (size_t i = 0; i < folder.files.size(); ++i) {
    result.push_back(fmt::format("{}/{} {}",
                                 folder.class_names[static_cast<size_t>(folder.labels[i])],
                                 folder.files[i].filename().string(),
                                 images.content(static_cast<int64_t>(i)).substr(0, enough)));
  }
  return result;
}

std::string identity(const ImageFolder& folder) {
  std::string text;
  for (const std::string& file : file_list(folder)) text += file + "\n";
  return content_hash(std::as_bytes(std::span(text)));
}

}  // namespace thaw
