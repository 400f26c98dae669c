// Operators that move an image's pixels: rolled, cropped, padded, turned around.
#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/formats/keras/operator_call.h"

namespace thaw::keras {
namespace {

using Results = std::vector<Symbol>;
using Sizes = std::vector<int64_t>;

Config object() { return Config(Config::Map{}); }

Config slice(const Config& start, const Config& stop, const Config& step) {
  return object()
      .set("class_name", "__slice__")
      .set("config", object().set("start", start).set("stop", stop).set("step", step));
}

/// x with `part` along one axis (0 is the first after the batch), whole along the others.
Symbol part_of(const OperatorCall& call, const Symbol& x, int axis, const Config& part) {
  Config key(Config::List{});
  for (int i = 0; i <= axis; ++i) key.append(slice({}, {}, {}));
  return call.call("GetItem", object().set("key", key.append(part)), {x});
}

Symbol flipped(const OperatorCall& call, const Symbol& x, int axis) {
  return part_of(call, x, axis, slice({}, {}, -1));
}

void expect_image(const Symbol& x) {
  if (x.shape().rank() == 3) return;
  throw Error(
      fmt::format("expected images (height, width, channels), received {}", x.shape().to_string()));
}

Symbol image_of(const OperatorCall& call) {
  Symbol x = call.tensor(0, {"image", "images"});
  expect_image(x);
  return x;
}

int64_t given(const OperatorCall& call, size_t place, const char* name) {
  const auto value = call.integer(place, {name});
  if (!value) throw Error(fmt::format("expected a {}, received none", name));
  return *value;
}

/// What goes round comes back at the other end.
Results roll(const OperatorCall& call) {
  Symbol x = call.tensor(0, {"x", "input"});
  const Sizes shifts = call.integers(1, {"shift"});
  const Sizes axes = call.integers(2, {"axis"});
  if (axes.empty() || axes.size() != shifts.size())
    throw Error("expected a shift for each axis after the batch's");
  for (size_t i = 0; i < axes.size(); ++i) {
    const int axis = axis_of(axes[i], x.shape());
    const int64_t size = x.shape()[axis];
    const int64_t shift = ((shifts[i] % size) + size) % size;
    if (shift == 0) continue;
    const Symbol end = part_of(call, x, axis, slice(size - shift, size, {}));
    const Symbol start = part_of(call, x, axis, slice(0, size - shift, {}));
    x = call.call("Concatenate", object().set("axis", axis + 1), {end, start});
  }
  return {x};
}

/// A window of `size` pixels that begins at `start`, along one axis: 0 beyond the image's edges.
struct Window {
  int64_t start = 0;
  int64_t size = 0;
};

Symbol window_of(const OperatorCall& call, Symbol x, const Window& rows, const Window& columns) {
  Config key(Config::List{slice({}, {}, {})});
  Config widths(Config::List{Config(Config::List{0, 0})});
  bool cuts = false;
  bool pads = false;
  for (const auto& [axis, window] : {std::pair(0, rows), std::pair(1, columns)}) {
    const int64_t size = x.shape()[axis];
    const int64_t stop = window.start + window.size;
    if (window.size < 1 || window.start >= size || stop <= 0)
      throw Error(fmt::format("expected a part of {} pixels, received pixels {} to {}", size,
                              window.start, stop));
    const int64_t first = std::max<int64_t>(window.start, 0);
    const int64_t last = std::min(stop, size);
    key.append(slice(first, last, {}));
    widths.append(Config::List{first - window.start, stop - last});
    cuts = cuts || first > 0 || last < size;
    pads = pads || first > window.start || stop > last;
  }
  widths.append(Config::List{0, 0});
  if (cuts) x = call.call("GetItem", object().set("key", key), {x});
  if (pads) x = call.call("Pad", object().set("pad_width", widths), {x});
  return x;
}

/// tf.image.crop_to_bounding_box and pad_to_bounding_box: where the part begins, and its size.
Results bounding_box(const OperatorCall& call) {
  const Symbol x = image_of(call);
  const bool pads = std::string_view(call.word()) == "pad";
  const int64_t top = given(call, 1, "offset_height");
  const int64_t left = given(call, 2, "offset_width");
  const int64_t height = given(call, 3, "target_height");
  const int64_t width = given(call, 4, "target_width");
  const bool fits = pads ? height >= top + x.shape()[0] && width >= left + x.shape()[1]
                         : height + top <= x.shape()[0] && width + left <= x.shape()[1];
  if (top < 0 || left < 0 || !fits)
    throw Error(fmt::format("expected a box that fits images of {}, received {}x{} at {}, {}",
                            x.shape().to_string(), height, width, top, left));
  return {window_of(call, x, {pads ? -top : top, height}, {pads ? -left : left, width})};
}

/// One axis of Keras 3's crop_images and pad_images: two of what goes before, what goes behind and
/// the size that is left.
Window side_of(int64_t size, std::optional<int64_t> before, std::optional<int64_t> behind,
               std::optional<int64_t> target, int64_t sign) {
  if (before.has_value() + behind.has_value() + target.has_value() != 2)
    throw Error("expected two of what goes before, what goes behind and the size that is left");
  if (!target) target = size - sign * (*before + *behind);
  if (!before) before = sign * (size - *target) - *behind;
  return {sign * *before, *target};
}

Results crop_or_pad(const OperatorCall& call) {
  const Symbol x = image_of(call);
  if (const Config* format = call.find({"data_format"});
      format != nullptr && *format != Config("channels_last"))
    throw Error("expected images with channels last");
  const bool crops = std::string_view(call.word()) == "cropping";
  const std::string end = std::string("_") + call.word();
  const auto setting = [&](const std::string& name) {
    const std::string whole = name + end;
    return call.integer(OperatorCall::no_place, {whole.c_str()});
  };
  const auto size = [&](const char* name) { return call.integer(OperatorCall::no_place, {name}); };
  const int64_t sign = crops ? 1 : -1;
  return {window_of(
      call, x,
      side_of(x.shape()[0], setting("top"), setting("bottom"), size("target_height"), sign),
      side_of(x.shape()[1], setting("left"), setting("right"), size("target_width"), sign))};
}

Results central_crop(const OperatorCall& call) {
  const Symbol x = image_of(call);
  const auto fraction = call.number(1, {"central_fraction"});
  if (!fraction || !(*fraction > 0 && *fraction <= 1))
    throw Error("expected a central_fraction above 0 and up to 1");
  const auto middle = [&](int64_t size) {
    const auto whole = static_cast<double>(size);
    const auto start = static_cast<int64_t>((whole - whole * *fraction) / 2);
    return Window{start, size - 2 * start};
  };
  return {window_of(call, x, middle(x.shape()[0]), middle(x.shape()[1]))};
}

/// The middle of what is larger, and zeros around what is smaller.
Results crop_or_pad_around(const OperatorCall& call) {
  const Symbol x = image_of(call);
  const auto middle = [](int64_t size, int64_t target) {
    const int64_t start = target < size ? (size - target) / 2 : -((target - size) / 2);
    return Window{start, target};
  };
  return {window_of(call, x, middle(x.shape()[0], given(call, 1, "target_height")),
                    middle(x.shape()[1], given(call, 2, "target_width")))};
}

Results flip_rows(const OperatorCall& call) { return {flipped(call, image_of(call), 0)}; }
Results flip_columns(const OperatorCall& call) { return {flipped(call, image_of(call), 1)}; }

Symbol transposed(const OperatorCall& call, const Symbol& x) {
  return call.call("Permute", object().set("dims", Config::List{2, 1, 3}), {x});
}
Results transpose(const OperatorCall& call) { return {transposed(call, image_of(call))}; }

/// Counterclockwise by quarters.
Results quarter_turns(const OperatorCall& call) {
  const Symbol x = image_of(call);
  const int64_t turns = ((call.integer(1, {"k"}).value_or(1) % 4) + 4) % 4;
  if (turns == 0) return {x};
  if (turns == 2) return {flipped(call, flipped(call, x, 0), 1)};
  return {flipped(call, transposed(call, x), turns == 1 ? 0 : 1)};
}

/// tf.slice: where the part begins, and its sizes, −1 for all that is left.
Results slice_of(const OperatorCall& call) {
  const Symbol x = call.tensor(0, {"input_", "input"});
  const Sizes begin = call.integers(1, {"begin"});
  const Sizes size = call.integers(2, {"size"});
  const auto rank = static_cast<size_t>(x.shape().rank()) + 1;
  if (begin.size() != rank || size.size() != rank || begin[0] != 0 || size[0] != -1)
    throw Error("expected where the part begins and its size for each axis, the batch whole");
  Config key(Config::List{slice({}, {}, {})});
  for (size_t i = 1; i < rank; ++i)
    key.append(slice(begin[i], size[i] == -1 ? Config() : Config(begin[i] + size[i]), {}));
  return {call.call("GetItem", object().set("key", key), {x})};
}

constexpr Operator operators[] = {
    {"Roll", "roll", &roll},
    {"CropImages", "", &crop_or_pad, "cropping"},
    {"PadImages", "", &crop_or_pad, "padding"},
    {"", "image.crop_to_bounding_box", &bounding_box, "crop"},
    {"", "image.pad_to_bounding_box", &bounding_box, "pad"},
    {"", "image.central_crop", &central_crop},
    {"", "image.resize_with_crop_or_pad", &crop_or_pad_around},
    {"", "image.flip_up_down", &flip_rows},
    {"", "image.flip_left_right", &flip_columns},
    {"", "image.transpose", &transpose},
    {"", "image.rot90", &quarter_turns},
    {"", "slice", &slice_of},
};

}  // namespace

std::span<const Operator> placement_operators() { return operators; }

}  // namespace thaw::keras
