// ONNX's operations that serve sums of shapes: their values are known before the graph runs.
#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using folding::Operation;
using Values = std::vector<Value>;

Value known(Array array) { return Assembler::known(std::move(array)); }

/// What comes from nothing stays below this many numbers.
constexpr int64_t most_numbers = int64_t{1} << 22;

/// Of the batch's size it is one row, repeated; the reader gives the value as an input.
Values constant_of_shape(const RuleCall& call) {
  std::vector<int64_t> sizes = call.known(0, "the shape").integers();
  const std::vector<int64_t> wanted = sizes;
  for (int64_t& axis : sizes)
    if (axis == call.make.batch()) axis = 1;
  const Shape shape(sizes);
  if (shape.elements() > most_numbers)
    throw Error(
        fmt::format("expected at most {} numbers, received {}", most_numbers, shape.to_string()));
  const Array* value = call.known_or_null(1, "the value");
  Value filled;
  if (value != nullptr && value->is_integer()) {
    filled = known({shape, std::vector(static_cast<size_t>(shape.elements()), value->integer())});
  } else {
    const double number = value == nullptr ? 0 : value->number();
    filled = known(Array(Tensor::full(shape, static_cast<float>(number))));
  }
  return {sizes == wanted ? filled : call.make.broadcast_to(filled, wanted)};
}

Array truth_of(const Array& numbers) { return folding::opposite(folding::opposite(numbers)); }

Values exclusive_or(const RuleCall& call) {
  return {known(folding::opposite(folding::binary(Operation::equal,
                                                  truth_of(call.known(0, "what is compared")),
                                                  truth_of(call.known(1, "what is compared")))))};
}

/// Layers compute numbers, which are never "not a number" or infinite where training serves.
Values never(const RuleCall& call) {
  const Value& x = call.input(0);
  if (!x.is_known()) return {known(Array::scalar(int64_t{0}))};
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < x.constant->array.elements(); ++i) {
    const double number = x.constant->array.at(i);
    const bool holds = call.word() == "nan" ? std::isnan(number) : std::isinf(number);
    numbers.push_back(holds ? 1 : 0);
  }
  return {known({x.constant->array.shape(), std::move(numbers)})};
}

/// The remainder has the divisor's sign, or with fmod = 1 the dividend's.
Values modulo(const RuleCall& call) {
  const Array& a = call.known(0, "what is divided");
  const Array& b = call.known(1, "the divisor");
  if (!call.flag("fmod", false)) return {known(folding::binary(Operation::floor_modulo, a, b))};
  if (!a.is_integer() || !b.is_integer()) throw Error("expected whole numbers");
  const Array whole =
      folding::binary(Operation::multiply, folding::binary(Operation::divide, a, b), b);
  return {known(folding::binary(Operation::subtract, a, whole))};
}

/// The numbers with 0 where the condition is `holds`.
Value cleared(const RuleCall& call, const Array& condition, const Value& x, bool holds) {
  const Array zero = Array::scalar(0.0F);
  const auto either = [&](const Array& where_it_holds, const Array& elsewhere) {
    return known(folding::where(condition, where_it_holds, elsewhere));
  };
  if (x.is_known()) {
    const Array& numbers = x.constant->array;
    return holds ? either(zero, numbers) : either(numbers, zero);
  }
  const Array one = Array::scalar(1.0F);
  return call.make.binary(Binary::multiply, x, holds ? either(zero, one) : either(one, zero));
}

/// Of a condition that is known: folded, one of the two, or the sum of both under masks.
Values where(const RuleCall& call) {
  const Array& condition = call.known(0, "the condition");
  const Value& yes = call.input(1);
  const Value& no = call.input(2);
  if (yes.is_known() && no.is_known())
    return {known(folding::where(condition, yes.constant->array, no.constant->array))};
  int64_t holding = 0;
  for (int64_t i = 0; i < condition.elements(); ++i) holding += condition.at(i) != 0 ? 1 : 0;
  if (holding == 0 || holding == condition.elements()) {
    const Value& taken = holding == 0 ? no : yes;
    const Shape other = call.make.shape_of(holding == 0 ? yes : no);
    const Shape all =
        folding::broadcast(condition.shape(), folding::broadcast(call.make.shape_of(taken), other));
    if (all == call.make.shape_of(taken)) return {taken};
    return {call.make.broadcast_to(taken, {all.sizes().begin(), all.sizes().end()})};
  }
  return {call.make.binary(Binary::add, cleared(call, condition, yes, false),
                           cleared(call, condition, no, true))};
}

/// Sums from the first number along an axis to each.
Values running_sum(const RuleCall& call) {
  const Array& x = call.known(0, "what is summed");
  const int axis = call.make.axis_of(call.input(0), call.known(1, "the axis").integer());
  if (call.flag("exclusive", false) || call.flag("reverse", false))
    throw Error("expected sums from the first number on, itself too");
  int64_t inner = 1;
  for (int other = axis + 1; other < x.shape().rank(); ++other) inner *= x.shape()[other];
  const int64_t size = x.shape()[axis];
  std::vector<double> sums;
  for (int64_t i = 0; i < x.elements(); ++i) {
    const bool is_first = i / inner % size == 0;
    sums.push_back(x.at(i) + (is_first ? 0 : sums[static_cast<size_t>(i - inner)]));
  }
  if (x.is_integer()) return {known({x.shape(), std::vector<int64_t>(sums.begin(), sums.end())})};
  const std::vector<float> floats(sums.begin(), sums.end());
  return {known(Array(Tensor::from(x.shape(), floats)))};
}

/// Fractions are cut off.
Array truncated(const Array& x) {
  if (x.is_integer()) return x;
  constexpr double end = 9223372036854775807.0;
  std::vector<int64_t> numbers;
  numbers.reserve(static_cast<size_t>(x.elements()));
  for (int64_t i = 0; i < x.elements(); ++i) {
    const double number = std::trunc(x.at(i));
    if (!(std::fabs(number) < end))
      throw Error(fmt::format("expected numbers of 64 bit, received {}", number));
    numbers.push_back(static_cast<int64_t>(number));
  }
  return {x.shape(), std::move(numbers)};
}

/// ONNX's numbers of types (TensorProto.DataType).
constexpr int64_t type_bool = 9;
bool is_float(int64_t type) { return type == 1 || type == 10 || type == 11 || type == 16; }

Value converted(const Value& x, int64_t type) {
  if (!x.is_known()) {
    if (is_float(type)) return x;
    throw Error(fmt::format(
        "expected a conversion to floats, which layers compute with, received type {}", type));
  }
  const Array& numbers = x.constant->array;
  Value result = x;
  Array& converted_numbers = result.constant->array;
  converted_numbers = is_float(type)      ? Array(numbers.floats())
                      : type == type_bool ? truth_of(numbers)
                                          : truncated(numbers);
  return result;
}

Values cast(const RuleCall& call) { return {converted(call.input(0), call.integer("to", 1))}; }

Values cast_like(const RuleCall& call) {
  const Value& like = call.input(1);
  const bool is_whole = like.is_known() && like.constant->array.is_integer();
  return {converted(call.input(0), is_whole ? 7 : 1)};
}

constexpr Rule rules[] = {
    {"onnx:Cast", &cast},
    {"onnx:CastLike", &cast_like},
    {"onnx:ConstantOfShape", &constant_of_shape},
    {"onnx:CumSum", &running_sum},
    {"onnx:IsInf", &never, "infinite"},
    {"onnx:IsNaN", &never, "nan"},
    {"onnx:Mod", &modulo},
    {"onnx:Where", &where},
    {"onnx:Xor", &exclusive_or},
};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_known;
constinit const RuleFamily onnx_known{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
