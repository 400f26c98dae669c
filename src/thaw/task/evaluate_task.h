#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "thaw/data/skipped_files.h"
#include "thaw/runtime/engine.h"
#include "thaw/task/broken_images.h"
#include "thaw/task/image_form.h"
#include "thaw/task/model_reading.h"
#include "thaw/task/none_of_these.h"
#include "thaw/task/outcomes.h"
#include "thaw/task/outputs.h"
#include "thaw/task/task_events.h"

namespace thaw {

class OptionList;

struct EvaluateReport {
  int64_t images = 0;  ///< without those left out
  Logs logs;           ///< "loss", "accuracy", …
  std::vector<std::string> classes;
  std::vector<SkippedFiles> skipped = {};  ///< what was no image, and those that are broken
  /// expected_calibration_error() of its probabilities; none where it gives others or none.
  std::optional<double> calibration_error = {};
  std::optional<RefusedImages> refused = {};
};

/// Loss and metrics of a model on images of known classes: of all of the model's classes, or of
/// some or one of them. Of a source with parts it is the one for testing, else that for validation.
/// Of a model that gives logits they are those of the probabilities, so that the accuracy is that
/// of what PredictTask says.
struct EvaluateTask {
  std::filesystem::path model;
  std::filesystem::path images;  ///< any kind of source (list_source())
  /// At most so many of each class, always the same ones; unset: all.
  std::optional<int> images_per_class = {};
  ModelReading reading = {};
  ImageForm form = {};
  OutputChoice output = {};
  /// The classes' names, "a,b,c" or a file. Unset: see find_class_names().
  std::optional<std::string> classes = {};
  /// Keras's name; unset: the one that it was trained with.
  std::optional<std::string> loss = {};
  std::vector<std::string> metrics = {"accuracy"};
  UnknownChoice unknown = {};
  double allowed_broken = default_allowed_broken;  ///< the part that may turn out to be unreadable

  void describe(OptionList& options);
  /// How the model's file is read.
  LoadOptions load_options() const;

  /// Images that cannot be read are left out and told. Throws UsageError for a name that is not
  /// known, Error for a file that cannot be read, a class that the model has not, a folder that
  /// holds parts of a data set in place of classes, or more unreadable images than allowed.
  EvaluateReport run(Engine& engine, TaskEvents& events) const;
  EvaluateReport run(Engine& engine) const;
};

}  // namespace thaw
