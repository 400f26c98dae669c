// ONNX's reductions: axes as an attribute, and as an input in newer versions.
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/formats/import/onnx_lists.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

/// The axes; all where none are said, or nothing where that stands for no reduction.
std::optional<std::vector<int64_t>> axes_of(const RuleCall& call) {
  std::vector<int64_t> axes = onnx_lists::list_of(call, "axes", 1).value_or(std::vector<int64_t>{});
  if (!axes.empty()) return axes;
  if (call.flag("noop_with_empty_axes", false)) return std::nullopt;
  axes.resize(static_cast<size_t>(call.make.shape_of(call.input(0)).rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Value reduced(const RuleCall& call, Reduction how, const Value& x) {
  const auto axes = axes_of(call);
  return axes ? call.make.reduce(how, x, *axes, call.flag("keepdims", true)) : x;
}

std::vector<Value> mean(const RuleCall& call) {
  return {reduced(call, Reduction::mean, call.input(0))};
}
std::vector<Value> sum(const RuleCall& call) {
  return {reduced(call, Reduction::sum, call.input(0))};
}
std::vector<Value> largest(const RuleCall& call) {
  return {reduced(call, Reduction::max, call.input(0))};
}
std::vector<Value> smallest(const RuleCall& call) {
  return {reduced(call, Reduction::min, call.input(0))};
}

/// Of all inputs, number by number.
std::vector<Value> sum_of_inputs(const RuleCall& call) {
  Value total = call.input(0);
  for (size_t place = 1; place < call.input_count(); ++place)
    total = call.make.binary(Binary::add, total, call.input(place));
  return {total};
}

std::vector<Value> mean_of_inputs(const RuleCall& call) {
  const auto share = 1 / static_cast<float>(call.input_count());
  return {call.make.binary(Binary::multiply, sum_of_inputs(call).front(),
                           Assembler::known(Array::scalar(share)))};
}

std::vector<Value> sum_of_squares(const RuleCall& call) {
  const Value& x = call.input(0);
  return {reduced(call, Reduction::sum, call.make.binary(Binary::multiply, x, x))};
}

std::vector<Value> length(const RuleCall& call) {
  return {call.make.binary(Binary::power, sum_of_squares(call).front(),
                           Assembler::known(Array::scalar(0.5F)))};
}

/// Of sizes: all of what is known.
std::vector<Value> product(const RuleCall& call) {
  const Array& x = call.known(0, "what is multiplied");
  const auto axes = axes_of(call);
  if (!axes) return {call.input(0)};
  if (static_cast<int>(axes->size()) != x.shape().rank())
    throw Error("expected a product over all axes");
  const Shape shape(std::vector<int64_t>(
      call.flag("keepdims", true) ? static_cast<size_t>(x.shape().rank()) : 0, 1));
  if (x.is_integer()) {
    int64_t all = 1;
    for (const int64_t factor : x.integers())
      if (__builtin_mul_overflow(all, factor, &all)) throw Error("expected a smaller product");
    return {Assembler::known(Array(shape, {all}))};
  }
  double all = 1;
  for (int64_t i = 0; i < x.elements(); ++i) all *= x.at(i);
  return {Assembler::known(Array(Tensor::full(shape, static_cast<float>(all))))};
}

constexpr Rule rules[] = {
    {"onnx:Mean", &mean_of_inputs},
    {"onnx:Sum", &sum_of_inputs, "", true},
    {"onnx:ReduceL2", &length},
    {"onnx:ReduceMax", &largest},
    {"onnx:ReduceMean", &mean},
    {"onnx:ReduceMin", &smallest},
    {"onnx:ReduceProd", &product},
    {"onnx:ReduceSum", &sum},
    {"onnx:ReduceSumSquare", &sum_of_squares},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_reductions;
constinit const RuleFamily onnx_reductions{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
