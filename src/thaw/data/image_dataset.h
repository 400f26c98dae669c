#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/broken_limit.h"
#include "thaw/data/dataset.h"
#include "thaw/data/image.h"
#include "thaw/data/image_folder.h"
#include "thaw/data/preprocessing.h"
#include "thaw/data/resize.h"

namespace thaw {

/// How an image file becomes the input of a network.
/// The axes of an image that a network takes: (height, width, 3), (height, width, 1), or (height,
/// width).
enum class ImageAxes { rgb, grey, grey_without_channels };

struct ImageOptions {
  ResizeOptions size;
  DecodeOptions decode;
  Preprocessing preprocessing;
  ImageAxes axes = ImageAxes::rgb;
};

/// Reads, decodes, resizes and preprocesses one file into `out` of options.size.height · width · 3
/// values (grey images: · 1), row by row. Throws Error that begins with the file's name.
void load_image(const std::filesystem::path& file, const ImageOptions& options,
                std::span<float> out, const ImageContents* contents = nullptr);

/// Images in files, or in what else holds them, each read and decoded at each load(). Samples are
/// of shape (height, width, 3), or as options.axes says.
class ImageDataset : public Dataset {
 public:
  /// Throws UsageError unless each side is of 1 … 16384 pixels, and the preprocessing of grey
  /// images the same for all channels. Files are not looked at yet.
  ImageDataset(ImageFolder folder, ImageOptions options);
  /// The same without labels, for predictions.
  ImageDataset(std::vector<std::filesystem::path> files, ImageOptions options);

  int64_t size() const override { return static_cast<int64_t>(folder_.files.size()); }
  const Shape& input_shape() const override { return input_shape_; }
  const std::vector<std::string>& class_names() const override { return folder_.class_names; }
  int64_t label(int64_t index) const override;
  double weight(int64_t index) const override;
  void load(int64_t index, std::span<float> values) const override;
  void load_pixels(int64_t index, std::span<float> values) const override;
  void preprocess(std::span<float> values) const override;
  /// A hash of the file's bytes, and all options that decide the values. Throws Error when the file
  /// cannot be read.
  std::string content_key(int64_t index) const override;

  /// Reads every file once and remembers a hash of each, so that content_key() need not read again.
  void remember_contents(Threads& threads);
  /// The remembered hash of the file's bytes; empty where it could not be read. Requires
  /// remember_contents() before.
  const std::string& content(int64_t index) const { return contents_[static_cast<size_t>(index)]; }

  /// The file of sample `index`.
  const std::filesystem::path& file(int64_t index) const {
    return folder_.files[static_cast<size_t>(index)];
  }
  const ImageOptions& options() const { return options_; }

  /// From now on load() and load_pixels() throw TooManyBroken, which ends the run, in place of
  /// Error once the limit says so.
  void limit_broken(std::shared_ptr<BrokenLimit> limit) { limit_ = std::move(limit); }

 private:
  void load_values(int64_t index, std::span<float> values) const;

  ImageFolder folder_;
  ImageOptions options_;
  Shape input_shape_;
  std::shared_ptr<BrokenLimit> limit_;
  std::vector<std::string> contents_;  ///< empty: not remembered
};

}  // namespace thaw
