#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/data/preprocessing.h"
#include "thaw/graph/functional.h"

namespace thaw {

/// What is done to pixels of 0 … 255 before a model gets them, and how that is known.
struct ImageFeed {
  Preprocessing preprocessing;
  /// In words, for people: "the model's own layers rescaling make −1 … 1 of 0 … 255".
  std::string why;
  /// Whether it is a conclusion from what the model learned rather than from what it says: then
  /// people should be told.
  bool is_concluded = false;
};

/// What `model` itself tells of its feeding, in this order: what its first layers do to the pixels,
/// at any depth (pixel_use()); the network of keras.applications that it is made from; the
/// statistics that its first batch normalization learned (disagreement()). nullopt where nothing
/// tells.
std::optional<ImageFeed> find_image_feed(const Functional& model);

/// The ways of feeding that are in use, the likeliest for `model` first.
std::vector<std::string> likely_preprocessings(const Functional& model);

/// What to say when images are prepared by `preprocessing` though the model learned from others;
/// empty when nothing speaks against it.
std::string doubt_about(const Functional& model, const Preprocessing& preprocessing);

/// "x/127.5 − 1", or the numbers.
std::string in_words(const Preprocessing& preprocessing);

}  // namespace thaw
