#pragma once

#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/model_file.h"
#include "thaw/formats/tensorflow_js/model_folder.h"

namespace thaw::tensorflow_js {

/// What Teachable Machine writes beside its models into metadata.json:
/// {"packageName": "@teachablemachine/image", "labels": ["cat", "dog"], "imageSize": 224}.
/// Source: its libraries/image/src/custom-mobilenet.ts.
class TeachableMachine {
 public:
  /// Of the metadata.json beside the model; without one, or with another program's, empty.
  explicit TeachableMachine(const ModelFolder& folder);

  /// (size, size, 3), or 1 for grey images; nullopt where it is not told.
  std::optional<Shape> image_shape() const;

  /// Notes the classes' names in the model's metadata where they are as many as its outputs, and
  /// how its library feeds images: their middle square, x/127.5 − 1. Labels that cannot be names
  /// are named in content.dropped.
  void note_in(ModelFile& content) const;

 private:
  Config metadata_;
};

}  // namespace thaw::tensorflow_js
