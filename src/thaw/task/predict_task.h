#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "thaw/runtime/engine.h"
#include "thaw/task/image_form.h"

namespace thaw {

class OptionList;

/// A class and how likely it is, from 0 to 1 where the model ends in a softmax or a sigmoid.
struct Guess {
  std::string name;
  float probability = 0;
};

/// What a model sees in one image.
struct ImagePrediction {
  std::filesystem::path file;
  std::vector<Guess> guesses;  ///< the likeliest first; empty when the image could not be read
  std::string error;           ///< then why
};

/// What a model sees in images.
struct PredictTask {
  std::filesystem::path model;
  std::vector<std::string> images;  ///< files, or folders of them
  ImageForm form = {};
  int top = 5;  ///< how many of the likeliest classes
  /// Told what a person should know beside the result.
  std::function<void(const std::string& remark)> on_remark = {};

  void describe(OptionList& options);

  /// Calls `sink` for every image in order; one that cannot be read does not end it. False: there
  /// was one. Throws Error when the model cannot be read, UsageError when it does not tell how
  /// images are preprocessed.
  bool run(Engine& engine, const std::function<void(const ImagePrediction&)>& sink) const;
  std::vector<ImagePrediction> run(Engine& engine) const;
};

}  // namespace thaw
