#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "thaw/runtime/engine.h"
#include "thaw/task/image_form.h"
#include "thaw/task/model_reading.h"
#include "thaw/task/none_of_these.h"
#include "thaw/task/outputs.h"

namespace thaw {

class OptionList;

/// A class and what a model says of it.
struct Guess {
  std::string name;  ///< empty where the number stands for no class
  /// A probability of 0 to 1, a score (the larger the likelier), or a regression's number.
  float value = 0;
  OutputKind kind = OutputKind::probabilities;

  bool is_probability() const {
    return kind == OutputKind::probabilities || kind == OutputKind::independent;
  }
};

/// What a model sees in one image.
struct ImagePrediction {
  std::filesystem::path file;
  std::vector<Guess> guesses;  ///< the likeliest first; empty when the image could not be read
  std::string error;           ///< then why
  /// Of a model that knows images of none of its classes.
  std::optional<Unlikeness> unlikeness = {};
};

/// What a model sees in images.
struct PredictTask {
  std::filesystem::path model;
  std::vector<std::string> images;  ///< files, folders of them, or other sources
  ModelReading reading = {};
  ImageForm form = {};
  int top = 5;  ///< how many of the likeliest classes
  OutputChoice output = {};
  /// The classes' names, "a,b,c" or a file. Unset: see find_class_names().
  std::optional<std::string> classes = {};
  UnknownChoice unknown = {};
  /// Told what a person should know beside the result.
  std::function<void(const std::string& remark)> on_remark = {};

  /// All of them but the output's name, which each command has its own place for.
  void describe(OptionList& options);
  /// How the model's file is read.
  LoadOptions load_options() const;

  /// Calls `sink` for every image in order; one that cannot be read does not end it. False: there
  /// was one. Throws Error when the model cannot be read or gives no classes, UsageError when it
  /// does not tell how images are preprocessed, or which of its outputs is meant.
  bool run(Engine& engine, const std::function<void(const ImagePrediction&)>& sink) const;
  std::vector<ImagePrediction> run(Engine& engine) const;
};

/// The `top` likeliest classes of one row of outputs; of a row that stands for no class its number.
std::vector<Guess> guesses(std::span<const float> outputs, const OutputMeaning& meaning,
                           const std::vector<std::string>& names, int top);

}  // namespace thaw
