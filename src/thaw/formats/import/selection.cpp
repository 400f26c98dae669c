// What takes a part of a value, puts values together, or changes the size of an image.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/assembler.h"
#include "thaw/formats/import/folding.h"

namespace thaw::foreign {
namespace {

Config object() { return Config(Config::Map{}); }

Config slice_of(Config start, Config stop, Config step) {
  return object()
      .set("class_name", "__slice__")
      .set("config", object()
                         .set("start", std::move(start))
                         .set("stop", std::move(stop))
                         .set("step", std::move(step)));
}

/// A gather is written as so many slices at most.
constexpr size_t most_runs = 64;

struct Run {
  int64_t begin = 0;
  int64_t count = 1;
  int64_t step = 1;
};

/// The indices as runs of equal steps.
std::vector<Run> runs_of(std::span<const int64_t> indices) {
  std::vector<Run> runs;
  for (size_t i = 0; i < indices.size();) {
    Run run{.begin = indices[i]};
    if (i + 1 < indices.size() && indices[i + 1] != indices[i])
      run.step = indices[i + 1] - indices[i];
    size_t next = i + 1;
    while (next < indices.size() && indices[next] == run.begin + run.count * run.step) {
      ++run.count;
      ++next;
    }
    if (run.count == 1) run.step = 1;
    runs.push_back(run);
    i = next;
  }
  return runs;
}

/// Throws Error unless there is one before and after each axis, of a size that serves something.
void expect_borders(const Shape& shape, std::span<const int64_t> before,
                    std::span<const int64_t> after) {
  constexpr int64_t widest = 65536;
  if (std::ssize(before) != shape.rank() || std::ssize(after) != shape.rank())
    throw Error(
        fmt::format("expected borders of {} axes, received {}", shape.rank(), before.size()));
  for (const auto& sizes : {before, after})
    for (const int64_t size : sizes)
      if (size > widest || size < -widest)
        throw Error(fmt::format("expected borders of at most {}, received {}", widest, size));
}

}  // namespace

Value Assembler::picked(const Value& x, int axis, int64_t begin, int64_t count, int64_t step) {
  const Value whole = isolated(x, axis, false);
  const int part = whole.axes[static_cast<size_t>(axis)][0];
  Config key(Config::List{});
  for (int at = 0; at <= whole.symbol.shape().rank(); ++at) {
    if (at != part) {
      key.append(slice_of({}, {}, {}));
      continue;
    }
    const int64_t stop = begin + count * step;
    key.append(slice_of(begin, stop < 0 ? Config() : Config(stop), step));
  }
  Value result = whole;
  result.uses = 0;
  result.symbol = call("GetItem", object().set("key", key), {whole.symbol});
  return result;
}

Value Assembler::slice(const Value& x, int64_t axis, int64_t begin, int64_t end, int64_t step) {
  const int at = axis_of(x, axis);
  const int64_t size = shape_of(x)[at];
  const std::vector<int64_t> places = folding::places_of(size, begin, end, step);
  if (x.is_known()) {
    return folded(folding::take(x.constant->array, places, at), *x.constant);
  }
  if (places.empty())
    throw Error(
        fmt::format("expected a slice that leaves something of axis {}, of size {}", axis, size));
  const int64_t direction = places.size() > 1 ? places[1] - places[0] : 1;
  if (std::ssize(places) == size && direction == 1) return x;
  return picked(x, at, places[0], std::ssize(places), direction);
}

std::vector<Value> Assembler::split(const Value& x, std::span<const int64_t> sizes, int64_t axis) {
  const int at = axis_of(x, axis);
  int64_t begin = 0;
  std::vector<Value> parts;
  for (const int64_t size : sizes) {
    parts.push_back(slice(x, at, begin, begin + size, 1));
    begin += size;
  }
  if (begin != shape_of(x)[at]) {
    throw Error(
        fmt::format("expected sizes that add up to {}, received {}", shape_of(x)[at], begin));
  }
  return parts;
}

Value Assembler::gather(const Value& x, const Array& indices, int64_t axis) {
  const int at = axis_of(x, axis);
  const Shape shape = shape_of(x);
  std::vector<int64_t> places = indices.integers();
  for (int64_t& place : places) {
    if (place < 0) place += shape[at];
    if (place < 0 || place >= shape[at])
      throw Error(fmt::format("expected indices below {}, received {}", shape[at], place));
  }
  std::vector<int64_t> sizes(shape.sizes().begin(), shape.sizes().end());
  sizes.erase(sizes.begin() + at);
  sizes.insert(sizes.begin() + at, indices.shape().sizes().begin(), indices.shape().sizes().end());
  if (x.is_known()) {
    return folded(folding::take(x.constant->array, places, at).reshaped(Shape(std::move(sizes))),
                  *x.constant);
  }
  const std::vector<Run> runs = runs_of(places);
  if (runs.empty() || runs.size() > most_runs)
    throw Error(
        fmt::format("expected indices of 1 to {} runs, received {}", most_runs, runs.size()));
  std::vector<Value> parts;
  for (const Run& run : runs) {
    const bool is_whole = run.begin == 0 && run.step == 1 && run.count == shape[at];
    parts.push_back(is_whole ? x : picked(x, at, run.begin, run.count, run.step));
  }
  Value taken = parts.size() == 1 ? parts[0] : concatenate(parts, at);
  if (indices.shape().rank() == 1) return taken;
  return indices.shape().rank() == 0 ? squeeze(taken, {at}) : reshape(taken, std::move(sizes));
}

Value Assembler::concatenate(std::span<const Value> parts, int64_t axis) {
  if (parts.empty()) throw Error("expected at least one value, received none");
  const bool all_known = std::ranges::all_of(parts, &Value::is_known);
  if (all_known) {
    std::vector<Array> arrays;
    for (const Value& part : parts) arrays.push_back(part.constant->array);
    return folded(folding::concatenate(arrays, axis_of(parts[0], axis)), *parts[0].constant);
  }
  if (parts.size() == 1) return parts[0];
  const auto symbol =
      std::ranges::find_if(parts, [](const Value& part) { return !part.is_known(); });
  const int at = axis_of(*symbol, axis);
  if (std::ranges::any_of(parts, &Value::is_known)) return concatenate_known(parts, at);
  Value like = isolated(*symbol, at, false);
  std::vector<Symbol> symbols;
  for (const Value& part : parts) {
    if (part.axes.size() != like.axes.size()) throw Error("expected values of one rank");
    const Value own = isolated(part, at, false);
    const bool is_alike =
        own.axes == like.axes && own.symbol.shape().rank() == like.symbol.shape().rank();
    symbols.push_back(is_alike ? own.symbol : laid_like(own, like, at));
  }
  return {.symbol = call("Concatenate", object().set("axis", like.axes[static_cast<size_t>(at)][0]),
                         symbols),
          .axes = like.axes};
}

/// Numbers beside a computed value: it grows by zeros, and they are added where these are.
Value Assembler::concatenate_known(std::span<const Value> parts, int axis) {
  std::vector<Value> grown;
  std::vector<Array> front;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_known()) {
      front.push_back(parts[i].constant->array);
      continue;
    }
    // What is known before it, and after the last one also what follows.
    std::vector<Array> back;
    size_t next = i + 1;
    const bool is_last = std::ranges::all_of(parts.subspan(next), &Value::is_known);
    for (; is_last && next < parts.size(); ++next) back.push_back(parts[next].constant->array);
    grown.push_back(with_borders(parts[i], front, back, axis));
    front.clear();
    if (is_last) break;
  }
  return concatenate(grown, axis);
}

Value Assembler::with_borders(const Value& x, std::span<const Array> front,
                              std::span<const Array> back, int axis) {
  if (front.empty() && back.empty()) return x;
  const Shape shape = shape_of(x);
  std::vector<Array> all;
  int64_t before = 0;
  int64_t after = 0;
  const auto add = [&](const Array& array, int64_t& size) {
    if (array.shape().rank() != shape.rank()) throw Error("expected values of one rank");
    Array own = array;
    // Rows that were repeated over the batch are all the same.
    if (own.shape()[0] != 1) {
      const int64_t first = 0;
      own = folding::take(own, {&first, 1}, 0);
    }
    size += own.shape()[axis];
    all.push_back(own);
  };
  for (const Array& array : front) add(array, before);
  std::vector<int64_t> middle(shape.sizes().begin(), shape.sizes().end());
  middle[0] = 1;
  for (int other = 1; other < shape.rank(); ++other) {
    const Array& any = front.empty() ? back[0] : front[0];
    if (other != axis) middle[static_cast<size_t>(other)] = any.shape()[other];
  }
  all.emplace_back(Tensor::zeros(Shape(std::move(middle))));
  for (const Array& array : back) add(array, after);
  std::vector<int64_t> fronts(static_cast<size_t>(shape.rank()), 0);
  std::vector<int64_t> backs = fronts;
  fronts[static_cast<size_t>(axis)] = before;
  backs[static_cast<size_t>(axis)] = after;
  const Value padded = pad(x, fronts, backs, "constant", 0);
  return with_numbers(
      Binary::add, padded,
      Constant{folding::concatenate(all, axis), node_ != nullptr ? node_->name : ""}, false);
}

Value Assembler::pad(const Value& x, std::vector<int64_t> before, std::vector<int64_t> after,
                     std::string_view mode, double value) {
  const Shape shape = shape_of(x);
  expect_borders(shape, before, after);
  Value result = x;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    auto& front = before[static_cast<size_t>(axis)];
    auto& back = after[static_cast<size_t>(axis)];
    if (front < 0 || back < 0) {
      result = slice(result, axis, std::max<int64_t>(-front, 0),
                     shape[axis] - std::max<int64_t>(-back, 0), 1);
      front = std::max<int64_t>(front, 0);
      back = std::max<int64_t>(back, 0);
    }
    if (front != 0 || back != 0) {
      if (!result.is_known()) result = isolated(result, axis, false);
    }
  }
  const auto is_zero = [](int64_t size) { return size == 0; };
  if (std::ranges::all_of(before, is_zero) && std::ranges::all_of(after, is_zero)) return result;
  if (result.is_known()) {
    if (mode != "constant") throw Error("expected a border of one value around known numbers");
    return folded(folding::pad(result.constant->array, before, after, value), {});
  }
  const int rank = result.symbol.shape().rank();
  std::vector<int64_t> front(static_cast<size_t>(rank) + 1, 0);
  std::vector<int64_t> back = front;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (before[static_cast<size_t>(axis)] == 0 && after[static_cast<size_t>(axis)] == 0) continue;
    const auto part = static_cast<size_t>(result.axes[static_cast<size_t>(axis)][0]);
    front[part] = before[static_cast<size_t>(axis)];
    back[part] = after[static_cast<size_t>(axis)];
  }
  const auto pair = [](int64_t a, int64_t b) { return Config(Config::List{a, b}); };
  if (rank == 3 && mode == "constant" && value == 0 && front[3] == 0 && back[3] == 0) {
    result.symbol = call(
        "ZeroPadding2D",
        object().set("padding", Config::List{pair(front[1], back[1]), pair(front[2], back[2])}),
        {result.symbol});
  } else {
    Config widths(Config::List{});
    for (size_t part = 0; part < front.size(); ++part) widths.append(pair(front[part], back[part]));
    Config config = object().set("pad_width", widths).set("mode", std::string(mode));
    constexpr double all = std::numeric_limits<float>::max();
    if (mode == "constant") config.set("constant_values", std::clamp(value, -all, all));
    result.symbol = call("Pad", config, {result.symbol});
  }
  result.uses = 0;
  return result;
}

Value Assembler::resize(const Value& x, Size2 size, std::string_view interpolation,
                        int channel_axis) {
  const Symbol input = image(x, channel_axis);
  const Shape& shape = input.shape();
  const int rank = static_cast<int>(std::ssize(x.axes));
  if (shape[0] == size.height && shape[1] == size.width) return x;
  const bool is_multiple = size.height % shape[0] == 0 && size.width % shape[1] == 0;
  const Symbol y =
      is_multiple && interpolation == "nearest"
          ? call("UpSampling2D",
                 object().set("size", Config::List{size.height / shape[0], size.width / shape[1]}),
                 {input})
          : call("Resizing",
                 object()
                     .set("height", size.height)
                     .set("width", size.width)
                     .set("interpolation", std::string(interpolation)),
                 {input});
  return from_image(y, rank, channel_axis);
}

}  // namespace thaw::foreign
