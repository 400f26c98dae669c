#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/model_file.h"
#include "thaw/task/class_names.h"
#include "thaw/task/outputs.h"

namespace thaw {

/// A model file as something that tells classes: one output of it, what its numbers are and what
/// its classes are called.
struct Classifier {
  Functional model;  ///< with one output, which gives what `meaning` says
  OutputMeaning meaning;
  ClassNames classes;
  StatedLoss loss;  ///< that it was compiled with
  std::optional<Config> compile = {};
  /// What a person should know, a line each.
  std::vector<std::string> remarks = {};
};

/// `content`, read from `file`. Throws UsageError where several outputs leave a choice or the class
/// names asked for do not fit, Error when the output is no classes'.
Classifier classifier_of(const ModelFile& content, const std::filesystem::path& file,
                         const OutputChoice& choice, const std::optional<std::string>& class_names);

/// Adds the option "classes" with this place.
void describe_classes(std::optional<std::string>& classes, OptionList& options);

/// Adds the option "output" with this place.
void describe_output(std::optional<std::string>& output, OptionList& options);

}  // namespace thaw
