// TensorFlow's operations that take values apart and put them together.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "thaw/core/error.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

constexpr int64_t to_the_end = std::numeric_limits<int64_t>::max();

bool has_bit(int64_t mask, size_t place) { return ((mask >> place) & 1) != 0; }

Values concatenate(const RuleCall& call) {
  const size_t count = call.input_count();
  if (count < 2) throw Error("expected values and an axis");
  const bool axis_first = call.word() == "axis_first";
  const int64_t axis = call.known(axis_first ? 0 : count - 1, "an axis").integer();
  const auto parts = call.inputs().subspan(axis_first ? 1 : 0, count - 1);
  if (parts.size() == 1) return {parts[0]};
  return {call.make.concatenate(parts, axis)};
}

Values split(const RuleCall& call) {
  const bool is_sized = call.word() == "sized";
  const Value& x = call.input(is_sized ? 0 : 1);
  const int axis = call.make.axis_of(x, call.known(is_sized ? 2 : 0, "an axis").integer());
  const int64_t size = call.make.shape_of(x)[axis];
  std::vector<int64_t> sizes;
  if (is_sized) {
    sizes = call.known(1, "sizes").integers();
    int64_t rest = size;
    for (const int64_t part : sizes) rest -= std::max<int64_t>(part, 0);
    for (int64_t& part : sizes)
      if (part < 0) part = rest;
  } else {
    const int64_t count = call.integer("num_split", call.integer("numOrSizeSplits", 1));
    if (count < 1 || size % count != 0)
      throw Error(fmt::format("expected {} parts of one size, received {}", count, size));
    sizes.assign(static_cast<size_t>(count), size / count);
  }
  return call.make.split(x, sizes, axis);
}

Values pack(const RuleCall& call) {
  const Shape shape = call.make.shape_of(call.input(0));
  const int64_t given = call.integer("axis", 0);
  const int64_t axis = given < 0 ? given + shape.rank() + 1 : given;
  std::vector<Value> parts;
  for (const Value& value : call.inputs()) parts.push_back(call.make.unsqueeze(value, {axis}));
  return {parts.size() == 1 ? parts[0] : call.make.concatenate(parts, axis)};
}

Values unpack(const RuleCall& call) {
  const Value& x = call.input(0);
  const int axis = call.make.axis_of(x, call.integer("axis", 0));
  Values parts;
  const int64_t count = call.make.shape_of(x)[axis];
  constexpr int64_t most_parts = 4096;
  if (count > most_parts) throw Error(fmt::format("expected at most {} parts", most_parts));
  for (int64_t i = 0; i < count; ++i)
    parts.push_back(call.make.squeeze(call.make.slice(x, axis, i, i + 1, 1), {axis}));
  return parts;
}

Values slice(const RuleCall& call) {
  Value x = call.input(0);
  const auto begins = call.known(1, "a beginning").integers();
  const auto sizes = call.known(2, "a size").integers();
  if (begins.size() != sizes.size() || std::ssize(begins) != call.make.shape_of(x).rank())
    throw Error("expected a beginning and a size for each axis");
  for (size_t axis = 0; axis < begins.size(); ++axis) {
    const auto at = static_cast<int64_t>(axis);
    const int64_t all = call.make.shape_of(x)[static_cast<int>(axis)];
    const int64_t end = sizes[axis] < 0 ? all : begins[axis] + sizes[axis];
    if (begins[axis] != 0 || end != all) x = call.make.slice(x, at, begins[axis], end, 1);
  }
  return {x};
}

/// numpy's x[a:b, c, ..., newaxis]: each entry of begin, end and strides is one of these, by the
/// masks' bits.
class StridedSlice {
 public:
  explicit StridedSlice(const RuleCall& call)
      : call_(call),
        begins_(call.known(1, "a beginning").integers()),
        ends_(call.known(2, "an end").integers()),
        steps_(call.known(3, "a step").integers()),
        begin_mask_(mask("begin_mask", "beginMask")),
        end_mask_(mask("end_mask", "endMask")),
        ellipsis_mask_(mask("ellipsis_mask", "ellipsisMask")),
        new_axis_mask_(mask("new_axis_mask", "newAxisMask")),
        shrink_mask_(mask("shrink_axis_mask", "shrinkAxisMask")) {
    if (begins_.size() != ends_.size() || begins_.size() != steps_.size() || begins_.size() > 32)
      throw Error("expected a beginning, an end and a step for each axis");
  }

  Value run() {
    Value x = call_.input(0);
    const int64_t rank = call_.make.shape_of(x).rank();
    std::vector<int64_t> gone;
    int64_t axis = 0;
    for (size_t i = 0; i < begins_.size(); ++i) {
      if (has_bit(ellipsis_mask_, i)) {
        axis += std::max<int64_t>(rank - axes_named(), 0);
      } else if (has_bit(new_axis_mask_, i)) {
        x = call_.make.unsqueeze(x, {axis + added_++});
      } else {
        x = along(x, axis + added_, i);
        if (has_bit(shrink_mask_, i)) gone.push_back(axis + added_);
        ++axis;
      }
    }
    return gone.empty() ? x : call_.make.squeeze(x, gone);
  }

 private:
  int64_t mask(const char* name, const char* other) const {
    return call_.integer(name, call_.integer(other, 0));
  }

  /// How many axes of x the entries beside an ellipsis name.
  int64_t axes_named() const {
    int64_t count = 0;
    for (size_t i = 0; i < begins_.size(); ++i)
      count += has_bit(ellipsis_mask_, i) || has_bit(new_axis_mask_, i) ? 0 : 1;
    return count;
  }

  Value along(const Value& x, int64_t axis, size_t i) const {
    const int64_t size = call_.make.shape_of(x)[call_.make.axis_of(x, axis)];
    if (has_bit(shrink_mask_, i)) {
      const int64_t at = begins_[i] < 0 ? begins_[i] + size : begins_[i];
      if (at < 0 || at >= size)
        throw Error(fmt::format("expected a place of 0 to {}, received {}", size - 1, begins_[i]));
      return call_.make.slice(x, axis, at, at + 1, 1);
    }
    const int64_t step = steps_[i];
    const int64_t begin = has_bit(begin_mask_, i) ? (step < 0 ? to_the_end : 0) : begins_[i];
    const int64_t end = has_bit(end_mask_, i) ? (step < 0 ? -to_the_end : to_the_end) : ends_[i];
    if (step == 1 && begin == 0 && end >= size) return x;
    return call_.make.slice(x, axis, begin, end, step);
  }

  const RuleCall& call_;
  std::vector<int64_t> begins_, ends_, steps_;
  int64_t begin_mask_, end_mask_, ellipsis_mask_, new_axis_mask_, shrink_mask_;
  int64_t added_ = 0;
};

Values strided_slice(const RuleCall& call) { return {StridedSlice(call).run()}; }

Values gather(const RuleCall& call) {
  const Array* axis = call.known_or_null(2, "an axis");
  if (call.integer("batch_dims", 0) != 0) throw Error("expected places that all of a batch share");
  return {call.make.gather(call.input(0), call.known(1, "places"),
                           axis == nullptr ? 0 : axis->integer())};
}

Values tile(const RuleCall& call) {
  Value x = call.input(0);
  const auto counts = call.known(1, "how often").integers();
  const Shape shape = call.make.shape_of(x);
  if (std::ssize(counts) != shape.rank()) throw Error("expected a number for each axis");
  // What has one row stands for any number of them.
  std::vector<int64_t> sizes;
  bool only_stretches = true;
  for (size_t axis = 0; axis < counts.size(); ++axis) {
    const int64_t size = shape[static_cast<int>(axis)];
    only_stretches = only_stretches && (counts[axis] == 1 || size == 1);
    sizes.push_back(size * counts[axis]);
  }
  if (only_stretches && x.is_known()) return {call.make.broadcast_to(x, sizes)};
  for (size_t axis = 0; axis < counts.size(); ++axis) {
    constexpr int64_t most_copies = 4096;
    if (counts[axis] < 1 || counts[axis] > most_copies)
      throw Error(fmt::format("expected 1 to {} copies, received {}", most_copies, counts[axis]));
    if (counts[axis] == 1) continue;
    const std::vector<Value> copies(static_cast<size_t>(counts[axis]), x);
    x = call.make.concatenate(copies, static_cast<int64_t>(axis));
  }
  return {x};
}

constexpr Rule rules[] = {
    {"tf:ConcatV2", &concatenate, "axis_last"},
    {"tf:Concat", &concatenate, "axis_first"},
    {"tf:Split", &split, "even"},
    {"tf:SplitV", &split, "sized"},
    {"tf:Pack", &pack},
    {"tf:Unpack", &unpack},
    {"tf:Slice", &slice},
    {"tf:StridedSlice", &strided_slice},
    {"tf:Gather", &gather},
    {"tf:GatherV2", &gather},
    {"tf:ResourceGather", &gather},
    {"tf:Tile", &tile},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_selection;
const RuleFamily tf_selection{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
