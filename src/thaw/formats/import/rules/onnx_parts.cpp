// ONNX's operations that put values together and take parts of them.
#include <fmt/format.h>

#include <limits>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using Sizes = std::vector<int64_t>;

std::vector<Value> concatenate(const RuleCall& call) {
  return {call.make.concatenate(call.inputs(), call.integer("axis", 1))};
}

/// Into the sizes that are said, else into equal ones, of which since version 18 the last may be
/// smaller.
std::vector<Value> split(const RuleCall& call) {
  const Value& x = call.input(0);
  const int axis = call.make.axis_of(x, call.integer("axis", 0));
  auto sizes = onnx_lists::list_of(call, "split", 1);
  if (!sizes) {
    const auto parts = static_cast<int64_t>(call.node().outputs.size());
    const int64_t size = call.make.shape_of(x)[axis];
    if (parts < 1 || parts > size || call.integer("num_outputs", parts) != parts)
      throw Error(fmt::format("expected 1 to {} parts, received {}", size, parts));
    const int64_t each = (size + parts - 1) / parts;
    sizes = Sizes(static_cast<size_t>(parts), each);
    sizes->back() = size - each * (parts - 1);
    if (sizes->back() < 1 || (sizes->back() != each && call.opset() < 18))
      throw Error(fmt::format("expected {} to be split into {} equal parts", size, parts));
  }
  return call.make.split(x, *sizes, axis);
}

std::vector<Value> slice(const RuleCall& call) {
  Value x = call.input(0);
  const auto begins = onnx_lists::list_of(call, "starts", 1);
  const auto ends = onnx_lists::list_of(call, "ends", 2);
  if (!begins || !ends || begins->size() != ends->size())
    throw Error("expected as many starts as ends");
  auto axes = onnx_lists::list_of(call, "axes", 3);
  if (!axes) {
    axes = Sizes(begins->size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  const auto steps = onnx_lists::list_of(call, "steps", 4).value_or(Sizes(begins->size(), 1));
  if (axes->size() != begins->size() || steps.size() != begins->size())
    throw Error("expected as many axes and steps as starts");
  for (size_t i = 0; i < begins->size(); ++i)
    x = call.make.slice(x, (*axes)[i], (*begins)[i], (*ends)[i], steps[i]);
  return {x};
}

std::vector<Value> gather(const RuleCall& call) {
  return {call.make.gather(call.input(0), call.known(1, "which parts are taken"),
                           call.integer("axis", 0))};
}

/// Of index tuples [..., n] into the first n axes; [..., 1] are indices of the first.
std::vector<Value> gather_tuples(const RuleCall& call) {
  const Array& tuples = call.known(1, "which parts are taken");
  const Shape x = call.make.shape_of(call.input(0));
  const int64_t length = tuples.shape().rank() == 0 ? 0 : tuples.shape().last();
  if (length < 1 || length > x.rank() || call.integer("batch_dims", 0) != 0) {
    throw Error(
        fmt::format("expected indices of 1 to {} axes and batch_dims = 0, received shape {}",
                    x.rank(), tuples.shape().to_string()));
  }
  const std::vector<int64_t> numbers = tuples.integers();
  Sizes places;
  for (size_t i = 0; i < numbers.size(); i += static_cast<size_t>(length)) {
    int64_t place = 0;
    for (int axis = 0; axis < length; ++axis) {
      const int64_t index = numbers[i + static_cast<size_t>(axis)];
      const int64_t own = index < 0 ? index + x[axis] : index;
      if (own < 0 || own >= x[axis])
        throw Error(fmt::format("expected indices below {}, received {}", x[axis], index));
      place = place * x[axis] + own;
    }
    places.push_back(place);
  }
  Sizes sizes = {-1};
  sizes.insert(sizes.end(), x.sizes().begin() + length, x.sizes().end());
  Sizes outer(tuples.shape().sizes().begin(), tuples.shape().sizes().end() - 1);
  return {call.make.gather(call.make.reshape(call.input(0), std::move(sizes)),
                           Array(Shape(std::move(outer)), std::move(places)), 0)};
}

/// pads: those before each axis, then those after each; version 18 has axes, others are not padded.
std::vector<Value> pad(const RuleCall& call) {
  const int rank = call.make.shape_of(call.input(0)).rank();
  auto pads = onnx_lists::list_of(call, "pads", 1);
  if (!pads) throw Error("expected pads, received none");
  auto axes = onnx_lists::list_of(call, "axes", 3);
  if (!axes) {
    axes = Sizes(static_cast<size_t>(rank));
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (pads->size() != 2 * axes->size())
    throw Error(fmt::format("expected {} pads, received {}", 2 * axes->size(), pads->size()));
  Sizes before(static_cast<size_t>(rank), 0);
  Sizes after(static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < axes->size(); ++i) {
    const auto axis = static_cast<size_t>(call.make.axis_of(call.input(0), (*axes)[i]));
    before[axis] = (*pads)[i];
    after[axis] = (*pads)[axes->size() + i];
  }
  double value = call.number("value", 0);
  if (const Array* known = call.known_or_null(2, "the value around"); known != nullptr)
    value = known->number();
  const std::string mode = call.text("mode", "constant");
  if (mode == "wrap")
    throw Error("expected constant, reflected or repeated padding, received wrap");
  return {call.make.pad(call.input(0), std::move(before), std::move(after), mode, value)};
}

constexpr Rule rules[] = {
    {"onnx:Concat", &concatenate},
    {"onnx:Gather", &gather},
    {"onnx:GatherND", &gather_tuples},
    {"onnx:Pad", &pad},
    {"onnx:Slice", &slice},
    {"onnx:Split", &split},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_parts;
constinit const RuleFamily onnx_parts{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
