#pragma once

#include <optional>
#include <string>

#include "thaw/data/image_dataset.h"
#include "thaw/graph/functional.h"
#include "thaw/heads/unknown_detector.h"
#include "thaw/ops/graph.h"

namespace thaw {

class OptionList;

/// Puts the detector into the model's metadata, where a later run finds it. It holds for the
/// weights that the model has: what trains the model further drops it.
void keep_unknown_detector(const Functional& model, const UnknownDetector& detector);

/// The one that the model's metadata hold; nullopt where they hold none. Throws Error, with what is
/// wrong, where they hold something that is none.
std::optional<UnknownDetector> kept_unknown_detector(const Functional& model);

/// Takes it out of the model's metadata. Returns whether there was one.
bool drop_unknown_detector(const Functional& model);

/// How unlike the images of its classes a model finds one.
struct Unlikeness {
  double distance = 0;  ///< UnknownDetector::score(); infinite where features are not finite
  double threshold = 0;
  bool is_none_of_these() const { return !(distance <= threshold); }
};

/// What is asked of a model that knows images of none of its classes.
struct UnknownChoice {
  std::string unknown = "show";  ///< show, ignore: as of a model that does not know them

  void describe(OptionList& options);
  /// The model's detector, where there is one and it is not ignored. Throws Error as
  /// kept_unknown_detector(), and where the model does not end in a Dense of as many columns.
  std::optional<UnknownDetector> detector_of(const Functional& model) const;
};

/// `graph` with what enters its last Dense as a further output. Throws Error where it has none.
ops::Graph with_last_dense_input(ops::Graph graph);

/// What a person should know of a detector where `form` is not the one that the model's metadata
/// note; else empty.
std::string doubt_about_unknown(const Functional& model, const ImageOptions& form);

}  // namespace thaw
