#include "thaw/formats/keras/old_names.h"

#include <array>
#include <string_view>

#include "thaw/core/error.h"

namespace thaw::keras {
namespace {

struct Renamed {
  std::string_view before;
  std::string_view after;
};

constexpr auto classes = std::to_array<Renamed>({
    {"Convolution2D", "Conv2D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"DepthwiseConvolution2D", "DepthwiseConv2D"},
    {"Convolution1D", "Conv1D"},
    {"MaxPool1D", "MaxPooling1D"},
    {"MaxPool2D", "MaxPooling2D"},
    {"AvgPool1D", "AveragePooling1D"},
    {"AvgPool2D", "AveragePooling2D"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
    {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"Model", "Functional"},
});

constexpr auto keys = std::to_array<Renamed>({
    {"nb_filter", "filters"},
    {"filter_length", "kernel_size"},
    {"subsample_length", "strides"},
    {"pool_length", "pool_size"},
    {"output_dim", "units"},
    {"border_mode", "padding"},
    {"subsample", "strides"},
    {"bias", "use_bias"},
    {"init", "kernel_initializer"},
    {"depthwise_init", "depthwise_initializer"},
    {"pointwise_init", "pointwise_initializer"},
    {"p", "rate"},
    {"concat_axis", "axis"},
    {"beta_init", "beta_initializer"},
    {"gamma_init", "gamma_initializer"},
});

std::string merge_class(const Config& config) {
  const Config* mode = config.find("mode");
  const std::string name = mode != nullptr && mode->is_string() ? mode->as_string() : "sum";
  if (name == "sum") return "Add";
  if (name == "mul") return "Multiply";
  if (name == "concat") return "Concatenate";
  throw Error("expected a Merge of mode sum, mul or concat, received mode " +
              (mode == nullptr ? "none" : mode->to_string()));
}

std::string modern_data_format(const Config& ordering) {
  if (ordering == Config("th")) return "channels_first";
  return "channels_last";
}

}  // namespace

std::string_view own_class_name(std::string_view exported) {
  return exported == "GroupQueryAttention" ? "GroupedQueryAttention" : exported;
}

ClassAndConfig modernize(std::string class_name, Config config) {
  if (class_name == own_class_name("GroupQueryAttention")) class_name = "GroupQueryAttention";
  for (const auto& [before, after] : classes) {
    if (class_name == before) class_name = after;
  }
  if (class_name == "Merge") class_name = merge_class(config);
  if (class_name == "ThresholdedReLU") {
    // Keras 3 has it as a form of ReLU.
    class_name = "ReLU";
    const Config* theta = config.find("theta");
    config.set("threshold", theta == nullptr ? Config(1.0) : *theta);
  }
  if (!config.is_map()) return {std::move(class_name), std::move(config)};
  for (const auto& [before, after] : keys) {
    if (const Config* value = config.find(before); value != nullptr && !config.find(after))
      config.set(after, Config(*value));
  }
  // PReLU and ELU still have an "alpha" in Keras 3.
  if (const Config* slope = config.find("alpha"); slope != nullptr && class_name == "LeakyReLU")
    config.set("negative_slope", Config(*slope));
  if (const Config* rows = config.find("nb_row"); rows != nullptr && config.find("nb_col"))
    config.set("kernel_size", Config::List{*rows, config.at("nb_col")});
  if (const Config* ordering = config.find("dim_ordering"))
    config.set("data_format", Config(modern_data_format(*ordering)));
  // Only "zero" and "one" have other names today; glorot_normal and the others keep theirs.
  for (auto key : {"kernel_initializer", "beta_initializer", "gamma_initializer"}) {
    const Config* value = config.find(key);
    if (value == nullptr) continue;
    if (*value == Config("zero")) config.set(key, Config("zeros"));
    if (*value == Config("one")) config.set(key, Config("ones"));
  }
  return {std::move(class_name), std::move(config)};
}

}  // namespace thaw::keras
