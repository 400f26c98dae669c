// ONNX's Resize and Upsample of images [batch, channels, height, width]. Formulas: operator Resize,
// github.com/onnx/onnx, docs/Operators.md.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

/// One axis on its way from `size` numbers to `wanted`.
struct Stretch {
  int64_t size = 1;
  int64_t wanted = 1;
  double scale = 1;

  bool is_whole() const {
    const double exact = static_cast<double>(wanted) / static_cast<double>(size);
    return std::fabs(scale - exact) <= 1e-6 * exact;
  }
};

struct Words {
  std::string coordinates;
  std::string nearest;
};

Words words_of(const RuleCall& call) {
  // Up to version 10 there was one way, and no word for it.
  if (call.node().op == "Upsample" || call.opset() < 11) return {"asymmetric", "floor"};
  return {call.text("coordinate_transformation_mode", "half_pixel"),
          call.text("nearest_mode", "round_prefer_floor")};
}

/// Where in the input output number `place` lies.
double coordinate(const Stretch& stretch, int64_t place, const std::string& words) {
  const auto i = static_cast<double>(place);
  if (words == "asymmetric") return i / stretch.scale;
  if (words == "half_pixel" || (words == "pytorch_half_pixel" && stretch.wanted > 1))
    return (i + 0.5) / stretch.scale - 0.5;
  if (words == "pytorch_half_pixel") return 0;
  if (words == "tf_half_pixel_for_nn") return (i + 0.5) / stretch.scale;
  if (words == "align_corners") {
    return stretch.wanted == 1 ? 0
                               : i * static_cast<double>(stretch.size - 1) /
                                     static_cast<double>(stretch.wanted - 1);
  }
  throw Error(
      fmt::format("coordinate_transformation_mode: expected half_pixel, pytorch_half_pixel, "
                  "tf_half_pixel_for_nn, asymmetric or align_corners, received {}",
                  words));
}

double rounded(double x, const std::string& words) {
  if (words == "round_prefer_floor") return std::ceil(x - 0.5);
  if (words == "round_prefer_ceil") return std::floor(x + 0.5);
  if (words == "floor") return std::floor(x);
  if (words == "ceil") return std::ceil(x);
  throw Error(fmt::format("nearest_mode: expected a way of rounding, received {}", words));
}

std::vector<int64_t> nearest_places(const Stretch& stretch, const Words& words) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < stretch.wanted; ++i) {
    const double x = rounded(coordinate(stretch, i, words.coordinates), words.nearest);
    places.push_back(
        static_cast<int64_t>(std::clamp(x, 0.0, static_cast<double>(stretch.size - 1))));
  }
  return places;
}

/// As Keras's Resizing takes them.
std::vector<int64_t> kerass_places(const Stretch& stretch) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < stretch.wanted; ++i) {
    const double x = (static_cast<double>(i) + 0.5) * static_cast<double>(stretch.size) /
                     static_cast<double>(stretch.wanted);
    places.push_back(std::min(static_cast<int64_t>(x), stretch.size - 1));
  }
  return places;
}

/// [size, wanted]: how much of each input is in each output.
Value mixture(const Stretch& stretch, const Words& words) {
  constexpr int64_t largest = 4096;
  if (stretch.size > largest || stretch.wanted > largest)
    throw Error(fmt::format("expected an image of at most {} rows and columns", largest));
  Tensor parts = Tensor::zeros({stretch.size, stretch.wanted});
  for (int64_t i = 0; i < stretch.wanted; ++i) {
    const auto last = static_cast<double>(stretch.size - 1);
    const double x = std::clamp(coordinate(stretch, i, words.coordinates), 0.0, last);
    const auto below = static_cast<int64_t>(x);
    const int64_t above = std::min(below + 1, stretch.size - 1);
    const auto part = static_cast<float>(x - std::floor(x));
    parts.values()[static_cast<size_t>(below * stretch.wanted + i)] += 1 - part;
    parts.values()[static_cast<size_t>(above * stretch.wanted + i)] += part;
  }
  return Assembler::known(Array(parts));
}

Value nearest(const RuleCall& call, const Stretch& rows, const Stretch& columns,
              const Words& words) {
  const auto row_places = nearest_places(rows, words);
  const auto column_places = nearest_places(columns, words);
  if (row_places == kerass_places(rows) && column_places == kerass_places(columns))
    return call.make.resize(call.input(0), Size2(rows.wanted, columns.wanted), "nearest", 1);
  const Value taken = call.make.gather(call.input(0), Array::list(row_places), 2);
  return call.make.gather(taken, Array::list(column_places), 3);
}

Value linear(const RuleCall& call, const Stretch& rows, const Stretch& columns,
             const Words& words) {
  const auto is_kerass = [&](const Stretch& stretch) {
    return stretch.size == stretch.wanted ||
           (stretch.is_whole() &&
            (words.coordinates == "half_pixel" ||
             (words.coordinates == "pytorch_half_pixel" && stretch.wanted > 1)));
  };
  if (is_kerass(rows) && is_kerass(columns))
    return call.make.resize(call.input(0), Size2(rows.wanted, columns.wanted), "bilinear", 1);
  const Value wide = call.make.matmul(call.input(0), mixture(columns, words));
  const Value turned = call.make.transpose(wide, {0, 1, 3, 2});
  return call.make.transpose(call.make.matmul(turned, mixture(rows, words)), {0, 1, 3, 2});
}

/// Sizes or scales of all axes; `axes`: those of which the list says them.
std::vector<Stretch> stretches_of(const RuleCall& call, const Shape& x) {
  constexpr int64_t largest = int64_t{1} << 20;
  const bool is_new = call.node().op == "Resize" && call.opset() >= 11;
  std::vector<int64_t> axes = call.integers("axes");
  if (axes.empty())
    for (int axis = 0; axis < x.rank(); ++axis) axes.push_back(axis);
  const Array* sizes = is_new ? call.known_or_null(3, "the sizes") : nullptr;
  const Array* scales = call.known_or_null(is_new ? 2 : 1, "the scales");
  const Config* old_scales = call.find("scales");
  const bool by_size = sizes != nullptr && sizes->elements() > 0;
  std::vector<double> numbers;
  if (by_size) {
    for (int64_t i = 0; i < sizes->elements(); ++i) numbers.push_back(sizes->at(i));
  } else if (scales != nullptr) {
    for (int64_t i = 0; i < scales->elements(); ++i) numbers.push_back(scales->at(i));
  } else if (old_scales != nullptr) {
    for (const Config& scale : old_scales->as_list()) numbers.push_back(scale.as_number());
  }
  if (numbers.size() != axes.size())
    throw Error(fmt::format("expected sizes or scales of {} axes, received {}", axes.size(),
                            numbers.size()));
  std::vector<Stretch> stretches;
  for (const int64_t size : x.sizes()) stretches.push_back({size, size, 1});
  for (size_t i = 0; i < axes.size(); ++i) {
    Stretch& stretch = stretches[static_cast<size_t>(call.make.axis_of(call.input(0), axes[i]))];
    const auto size = static_cast<double>(stretch.size);
    if (!(numbers[i] > 0 && numbers[i] <= static_cast<double>(largest)))
      throw Error(fmt::format("expected a size or scale above 0, received {}", numbers[i]));
    const double wanted = by_size ? numbers[i] : std::floor(size * numbers[i]);
    // The batch keeps its size, and that may stand for any.
    if (by_size ? wanted == size : numbers[i] == 1) continue;
    if (!(wanted >= 1 && wanted <= static_cast<double>(largest)))
      throw Error(fmt::format("expected a size of 1 to {}, received {}", largest, wanted));
    stretch.wanted = static_cast<int64_t>(wanted);
    stretch.scale = by_size ? wanted / size : numbers[i];
  }
  return stretches;
}

std::vector<Value> resize(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  if (x.rank() != 4)
    throw Error(
        fmt::format("expected (batch, channels, height, width), received shape {}", x.to_string()));
  const auto stretches = stretches_of(call, x);
  if (stretches[0].size != stretches[0].wanted || stretches[1].size != stretches[1].wanted)
    throw Error("expected height and width to be resized, received other axes");
  if (call.text("keep_aspect_ratio_policy", "stretch") != "stretch")
    throw Error("keep_aspect_ratio_policy: expected stretch");
  const Stretch& rows = stretches[2];
  const Stretch& columns = stretches[3];
  if (rows.size == rows.wanted && columns.size == columns.wanted) return {call.input(0)};
  const std::string mode = call.text("mode", "nearest");
  if (mode == "nearest") return {nearest(call, rows, columns, words_of(call))};
  if (mode != "linear" && mode != "bilinear")
    throw Error(fmt::format("mode: expected nearest or linear, received {}", mode));
  if (call.flag("antialias", false) && (rows.wanted < rows.size || columns.wanted < columns.size))
    throw Error("expected antialias = 0 where images become smaller");
  return {linear(call, rows, columns, words_of(call))};
}

constexpr Rule rules[] = {{"onnx:Resize", &resize}, {"onnx:Upsample", &resize}};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_resizing;
constinit const RuleFamily onnx_resizing{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
