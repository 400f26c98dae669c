// Operators on whole images, and what is divided by a length or a deviation.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operator_call.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;

constexpr double largest = std::numeric_limits<float>::max();

Config object() { return Config(Config::Map{}); }

Symbol power(const OperatorCall& call, const Symbol& x, double exponent) {
  return call.call("Power", object().set("exponent", exponent), {x});
}

Symbol at_least(const OperatorCall& call, const Symbol& x, double lowest) {
  return call.call("Clip", object().set("x_min", lowest).set("x_max", largest), {x});
}

Symbol along(const OperatorCall& call, const char* kind, const Symbol& x, const Config& axes) {
  return call.call(kind, object().set("axis", axes).set("keepdims", true), {x});
}

Config axes_of(const OperatorCall& call) {
  const Config* axes = call.find(1, {"axis", "dim"});
  if (axes == nullptr) return Config::List{-1};
  return axes->is_list() ? *axes : Config(Config::List{*axes});
}

/// y = x/√max(Σx², epsilon)
Symbol with_length_1(const OperatorCall& call, const Symbol& x, double epsilon) {
  const Symbol sum = along(call, "Sum", power(call, x, 2), axes_of(call));
  return call.call("Multiply", object(), {x, power(call, at_least(call, sum, epsilon), -0.5)});
}

Results l2_normalize(const OperatorCall& call) {
  return {with_length_1(call, call.x(),
                        call.number(OperatorCall::no_place, {"epsilon"}).value_or(1e-12))};
}

/// y = x/max(‖x‖, epsilon), ‖x‖ = (Σ|x|^order)^(1/order).
Results normalize(const OperatorCall& call) {
  const double epsilon = call.number(3, {"epsilon"}).value_or(1e-7);
  const int64_t order = call.integer(2, {"order"}).value_or(2);
  if (order == 2) return {with_length_1(call, call.x(), epsilon * epsilon)};
  if (order < 1) throw Error(fmt::format("expected an order of 1 or more, received {}", order));
  const auto exponent = static_cast<double>(order);
  const Symbol x = call.x();
  Symbol sizes = call.call("Absolute", object(), {x});
  if (order > 1) sizes = power(call, sizes, exponent);
  const double least = std::max(std::pow(epsilon, exponent), 1e-37);
  const Symbol sum = at_least(call, along(call, "Sum", sizes, axes_of(call)), least);
  return {call.call("Multiply", object(), {x, power(call, sum, -1 / exponent)})};
}

/// √Σx² along axes.
Results norm(const OperatorCall& call) {
  const Config* order = call.find(1, {"ord"});
  const Config* axes = call.find(2, {"axis"});
  if (axes == nullptr) throw Error("expected an axis after the batch's, received none");
  const bool is_euclidean = order == nullptr || *order == Config("euclidean") ||
                            (order->is_number() && order->as_number() == 2);
  if (!is_euclidean || (order != nullptr && axes->is_list() && axes->as_list().size() > 1))
    throw Error("expected a norm of order 2 along one axis, received " + order->to_string());
  const Config list = axes->is_list() ? *axes : Config(Config::List{*axes});
  const Symbol x = call.tensor(0, {"x", "tensor"});
  return {
      power(call,
            call.call("Sum", object().set("axis", list).set("keepdims", call.flag({"keepdims"}, 3)),
                      {power(call, x, 2)}),
            0.5)};
}

void expect_image(const Symbol& x, int64_t channels) {
  if (x.shape().rank() == 3 && (channels == 0 || x.shape()[2] == channels)) return;
  throw Error(fmt::format("expected images (height, width, {}), received {}",
                          channels == 0 ? std::string("channels") : std::to_string(channels),
                          x.shape().to_string()));
}

/// y = (x − mean)/max(deviation, 1/√N) of each image of N numbers.
Results standardize(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"image"});
  expect_image(x, 0);
  const Config all = Config::List{1, 2, 3};
  const Symbol centred = call.call("Subtract", object(), {x, along(call, "Mean", x, all)});
  const Symbol variance = along(call, "Mean", power(call, centred, 2), all);
  const auto least = 1.0 / static_cast<double>(x.shape().elements());
  return {call.call("Multiply", object(),
                    {centred, power(call, at_least(call, variance, least), -0.5)})};
}

/// The mean square of what numbers deviate by along axes, or its root.
Results deviation(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"input_tensor", "x"});
  const Config* axes = call.find(1, {"axis"});
  if (axes == nullptr) throw Error("expected axes after the batch's, received none");
  const Config list = axes->is_list() ? *axes : Config(Config::List{*axes});
  const Symbol centred = call.call("Subtract", object(), {x, along(call, "Mean", x, list)});
  const Symbol variance =
      call.call("Mean", object().set("axis", list).set("keepdims", call.flag({"keepdims"}, 2)),
                {power(call, centred, 2)});
  const bool is_root = std::string_view(call.word()) == "root";
  return {is_root ? power(call, variance, 0.5) : variance};
}

/// ITU-R BT.601's luminance.
Results to_grey(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"images"});
  expect_image(x, 3);
  const Config weights = Config::List{0.2989, 0.587, 0.114};
  return {along(call, "Sum", call.call("Rescaling", object().set("scale", weights), {x}),
                Config::List{-1})};
}

Results to_colours(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"images"});
  expect_image(x, 1);
  return {call.call("Concatenate", object().set("axis", -1), {x, x, x})};
}

Results resize(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"images"});
  expect_image(x, 0);
  const auto size = call.integers(1, {"size"});
  if (size.size() != 2) throw Error("expected a size of height and width");
  for (const char* key : {"crop_to_aspect_ratio", "pad_to_aspect_ratio"})
    if (call.flag({key})) throw Error(fmt::format("expected no {}", key));
  const bool keeps_ratio =
      call.flag({"preserve_aspect_ratio"}) && size[0] * x.shape()[1] != size[1] * x.shape()[0];
  if (keeps_ratio) throw Error("expected no preserve_aspect_ratio");
  const Config* format = call.find({"data_format"});
  if (format != nullptr && *format == Config("channels_first"))
    throw Error("expected images with channels last");
  const Config* method = call.find(2, {"method", "interpolation"});
  return {call.call("Resizing",
                    object()
                        .set("height", size[0])
                        .set("width", size[1])
                        .set("interpolation", method == nullptr ? Config("bilinear") : *method)
                        .set("antialias", call.flag({"antialias"})),
                    {x})};
}

/// (x − mean)·factor + mean, each channel with its own mean.
Results adjust_contrast(const OperatorCall& call) {
  const Symbol x = call.x();
  expect_image(x, 0);
  const auto factor = call.number(1, {"contrast_factor"});
  if (!factor) throw Error("expected a contrast_factor, received none");
  const Symbol mean = along(call, "Mean", x, Config::List{1, 2});
  const Symbol centred = call.call("Subtract", object(), {x, mean});
  return {call.call("Add", object(),
                    {call.call("Rescaling", object().set("scale", *factor), {centred}), mean})};
}

Results adjust_brightness(const OperatorCall& call) {
  const auto delta = call.number(1, {"delta"});
  if (!delta) throw Error("expected a delta, received none");
  return {call.call("Rescaling", object().set("scale", 1).set("offset", *delta),
                    {call.tensor(0, {"image"})})};
}

constexpr Operator operators[] = {
    {"", "math.l2_normalize", &l2_normalize},
    {"", "nn.l2_normalize", &l2_normalize},
    {"Normalize", "", &normalize},
    {"", "image.per_image_standardization", &standardize},
    {"Norm", "compat.v1.norm", &norm},
    {"Std", "math.reduce_std", &deviation, "root"},
    {"Var", "math.reduce_variance", &deviation},
    {"RGBToGrayscale", "image.rgb_to_grayscale", &to_grey},
    {"", "image.grayscale_to_rgb", &to_colours},
    {"Resize", "image.resize", &resize},
    {"", "image.adjust_contrast", &adjust_contrast},
    {"", "image.adjust_brightness", &adjust_brightness},
};

}  // namespace

std::span<const Operator> image_operators() { return operators; }

}  // namespace thaw::keras
