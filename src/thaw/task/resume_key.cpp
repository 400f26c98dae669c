#include "thaw/task/resume_key.h"

#include <fmt/format.h>

#include <span>
#include <string>

#include "thaw/core/content_hash.h"
#include "thaw/core/variable.h"

namespace thaw {
namespace {

/// A setting, and the list of what it stands for.
constexpr const char* image_contents = "image contents";
constexpr const char* image_weights = "image weights";

std::string weights_hash(const Functional& model) {
  std::string hashes;
  for (const VariablePtr& variable : model.variables())
    hashes += content_hash(std::as_bytes(variable->value().values()));
  return content_hash(std::as_bytes(std::span(hashes)));
}

std::string hash_of(const Config& list) {
  std::string text;
  for (const Config& entry : list.as_list()) text += entry.as_string() + "\n";
  return content_hash(std::as_bytes(std::span(text)));
}

/// Of each image "CLASS/NAME WEIGHT"; empty where all weigh the same.
Config weight_list(const FitData& data) {
  Config result{Config::List{}};
  const auto add = [&](const ImageFolder& folder) {
    for (size_t i = 0; i < folder.weights.size(); ++i) {
      result.append(fmt::format("{}/{} {}",
                                folder.class_names[static_cast<size_t>(folder.labels[i])],
                                folder.files[i].filename().string(), folder.weights[i]));
    }
  };
  add(data.train);
  if (data.validation) add(*data.validation);
  return result;
}

Config settings(const ResumeInputs& inputs) {
  const auto& [options, data, base, form, class_weight, contents] = inputs;
  Config result = options;
  result.set("base weights", weights_hash(base))
      .set("training images", identity(data.train))
      .set("validation images", data.validation ? identity(*data.validation) : "")
      .set("--image-size", fmt::format("{}x{}", form.size.height, form.size.width))
      .set("--preprocessing", form.preprocessing.to_config())
      .set("--aspect-ratio", static_cast<int>(form.size.aspect_ratio))
      .set("--orientation", form.decode.apply_orientation)
      .set(image_contents, hash_of(contents))
      .set(image_weights, weight_list(data).as_list().empty() ? "" : hash_of(weight_list(data)))
      .set("--interpolation", static_cast<int>(form.size.interpolation))
      .set("--crop-fraction", form.size.crop_fraction);
  if (!class_weight.empty()) {
    Config weights{Config::Map{}};
    for (const auto& [label, weight] : class_weight) weights.set(std::to_string(label), weight);
    result.set("class weights", std::move(weights));
  }
  return result;
}

/// All images, whichever side of a split each is on: one image more moves others across it.
Config image_lists(const FitData& data, const Config& contents) {
  Config all{Config::List{}};
  for (const std::string& file : file_list(data.train)) all.append(file);
  if (data.validation)
    for (const std::string& file : file_list(*data.validation)) all.append(file);
  Config result;
  result.set("training images", all).set("validation images", all).set(image_contents, contents);
  if (Config weights = weight_list(data); !weights.as_list().empty())
    result.set(image_weights, std::move(weights));
  return result;
}

}  // namespace

CheckpointOptions resume_key(const ResumeInputs& inputs, Config usual_options) {
  CheckpointOptions result{.path = {},
                           .settings = settings(inputs),
                           .usual_settings = std::move(usual_options),
                           .lists = image_lists(inputs.data, inputs.contents)};
  // Those of states that were kept before there were such settings.
  result.usual_settings.set("--interpolation", static_cast<int>(ResizeOptions{}.interpolation))
      .set("--crop-fraction", ResizeOptions{}.crop_fraction)
      .set(image_weights, "")
      .set(image_contents, result.settings.at(image_contents));
  return result;
}

}  // namespace thaw
