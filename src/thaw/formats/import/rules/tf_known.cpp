// TensorFlow's operations on what is known beforehand: shapes and the sums that are done with them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

constexpr int64_t most_numbers = int64_t{1} << 24;

Values shape(const RuleCall& call) {
  const Shape of = call.make.shape_of(call.input(0));
  return {Assembler::known(Array::list({of.sizes().begin(), of.sizes().end()}))};
}

Values shapes(const RuleCall& call) {
  Values all;
  for (const Value& value : call.inputs()) {
    const Shape of = call.make.shape_of(value);
    all.push_back(Assembler::known(Array::list({of.sizes().begin(), of.sizes().end()})));
  }
  return all;
}

Values size(const RuleCall& call) {
  return {Assembler::known(Array::scalar(call.make.shape_of(call.input(0)).elements()))};
}

Values rank(const RuleCall& call) {
  return {Assembler::known(Array::scalar(int64_t{call.make.shape_of(call.input(0)).rank()}))};
}

Array filled(const Array& value, const Shape& shape) {
  if (shape.elements() > most_numbers)
    throw Error(fmt::format("expected at most {} numbers, received the shape {}", most_numbers,
                            shape.to_string()));
  return folding::broadcast_to(value.reshaped(Shape{}), shape);
}

/// The same number for all of a shape; for each of a batch it is known once.
Values fill(const RuleCall& call) {
  auto sizes = call.known(0, "a shape").integers();
  if (!sizes.empty() && sizes[0] == call.make.batch()) sizes[0] = 1;
  return {Assembler::known(filled(call.known(1, "a number"), Shape(std::move(sizes))))};
}

Values like(const RuleCall& call) {
  const Value& x = call.input(0);
  const double number = call.word() == "one" ? 1 : 0;
  const Shape of = call.make.shape_of(x);
  std::vector<int64_t> sizes(of.sizes().begin(), of.sizes().end());
  if (!x.is_known() && !sizes.empty()) sizes[0] = 1;
  const bool is_whole = x.is_known() && x.constant->array.is_integer();
  const Array value = is_whole ? Array::scalar(static_cast<int64_t>(number))
                               : Array::scalar(static_cast<float>(number));
  return {Assembler::known(filled(value, Shape(std::move(sizes))))};
}

Values range(const RuleCall& call) {
  const Array& first = call.known(0, "a beginning");
  const double begin = first.number();
  const double end = call.known(1, "an end").number();
  const double step = call.known(2, "a step").number();
  const double count = step == 0 ? -1 : std::max(std::ceil((end - begin) / step), 0.0);
  if (!(count >= 0) || count > static_cast<double>(most_numbers))
    throw Error(fmt::format("expected at most {} numbers", most_numbers));
  std::vector<int64_t> whole;
  Tensor floats({static_cast<int64_t>(count)});
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i) {
    const double value = begin + static_cast<double>(i) * step;
    whole.push_back(static_cast<int64_t>(value));
    floats.values()[static_cast<size_t>(i)] = static_cast<float>(value);
  }
  return {Assembler::known(first.is_integer() ? Array::list(std::move(whole)) : Array(floats))};
}

bool is_float_type(std::string_view type) {
  return type == "DT_FLOAT" || type == "DT_HALF" || type == "DT_BFLOAT16" || type == "DT_DOUBLE" ||
         type == "float32" || type == "float16";
}

Values cast(const RuleCall& call) {
  const Value& x = call.input(0);
  const std::string to = call.text("DstT", "DT_FLOAT");
  if (is_float_type(to)) {
    if (!x.is_known() || !x.constant->array.is_integer()) return {x};
    return {Assembler::known(Array(x.constant->array.floats()))};
  }
  if (!x.is_known()) {
    if (!is_float_type(call.text("SrcT", "DT_FLOAT"))) return {x};
    throw Error(fmt::format(
        "expected numbers that stay as they are, received ones that are cut to {}", to));
  }
  const Array& array = x.constant->array;
  if (array.is_integer()) return {x};
  std::vector<int64_t> whole(static_cast<size_t>(array.elements()));
  for (size_t i = 0; i < whole.size(); ++i) {
    const double value = array.at(static_cast<int64_t>(i));
    constexpr double largest = 9e18;
    whole[i] = to == "DT_BOOL"              ? static_cast<int64_t>(value != 0)
               : std::fabs(value) < largest ? static_cast<int64_t>(value)
                                            : 0;
  }
  return {Assembler::known(Array(array.shape(), std::move(whole)))};
}

Array truth(const Array& array, bool (*of)(int64_t)) {
  std::vector<int64_t> values = array.integers();
  for (int64_t& value : values) value = of(value) ? 1 : 0;
  return {array.shape(), std::move(values)};
}

/// Whether one can be repeated to the other, or both to a third.
bool fit(const Shape& a, const Shape& b) {
  for (int from_end = 1; from_end <= std::min(a.rank(), b.rank()); ++from_end)
    if (a[-from_end] != b[-from_end] && a[-from_end] != 1 && b[-from_end] != 1) return false;
  return true;
}

Values comparison(const RuleCall& call) {
  using folding::Operation;
  const Array& a = call.known(0, "what is compared");
  const Array& b = call.known(1, "what is compared");
  const std::string_view word = call.word();
  const bool is_negated = word == "not_equal" || word == "less_equal" || word == "greater_equal";
  const Operation how = word == "equal" || word == "not_equal"      ? Operation::equal
                        : word == "less" || word == "greater_equal" ? Operation::less
                        : word == "greater" || word == "less_equal" ? Operation::greater
                        : word == "and"                             ? Operation::logical_and
                                                                    : Operation::logical_or;
  if (!call.flag("incompatible_shape_error", true) && !fit(a.shape(), b.shape()))
    return {Assembler::known(Array::scalar(int64_t{word == "not_equal" ? 1 : 0}))};
  Array result = folding::binary(how, a, b);
  if (is_negated) result = truth(result, [](int64_t value) { return value == 0; });
  return {Assembler::known(std::move(result))};
}

Values negation(const RuleCall& call) {
  return {Assembler::known(
      truth(call.known(0, "what is negated"), [](int64_t value) { return value == 0; }))};
}

Values where(const RuleCall& call) {
  const Array& condition = call.known(0, "a condition");
  if (condition.elements() == 1) return {call.input(condition.at(0) != 0 ? 1 : 2)};
  return {Assembler::known(
      folding::where(condition, call.known(1, "a choice"), call.known(2, "a choice")))};
}

/// The places of what is not 0, one a row.
Values nonzero(const RuleCall& call) {
  const Array& array = call.known(0, "a condition");
  const Shape& shape = array.shape();
  std::vector<int64_t> places;
  int64_t count = 0;
  for (int64_t i = 0; i < array.elements(); ++i) {
    if (array.at(i) == 0) continue;
    ++count;
    int64_t inner = array.elements();
    for (int axis = 0; axis < shape.rank(); ++axis) {
      inner /= shape[axis];
      places.push_back(i / inner % shape[axis]);
    }
  }
  return {Assembler::known(Array({count, int64_t{shape.rank()}}, std::move(places)))};
}

/// A list with a few numbers set: (places, size, numbers, what all others are).
Values sparse_to_dense(const RuleCall& call) {
  const auto sizes = call.known(1, "a size").integers();
  const auto places = call.known(0, "places").integers();
  const Array& numbers = call.known(2, "numbers");
  if (sizes.size() != 1) throw Error("expected a list");
  Array result = filled(call.known(3, "a number"), Shape(sizes));
  std::vector<int64_t> values = result.integers();
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0 || places[i] >= sizes[0])
      throw Error(fmt::format("expected places of 0 to {}, received {}", sizes[0] - 1, places[i]));
    const int64_t from = numbers.elements() == 1 ? 0 : static_cast<int64_t>(i);
    values[static_cast<size_t>(places[i])] = static_cast<int64_t>(numbers.at(from));
  }
  return {Assembler::known(Array::list(std::move(values)))};
}

/// Towards −∞, as Python's //.
Values floor_quotient(const RuleCall& call) {
  const Array& a = call.known(0, "a number");
  const Array& b = call.known(1, "a number");
  if (a.is_integer() && b.is_integer()) {
    const Array rest = folding::binary(folding::Operation::floor_modulo, a, b);
    return {Assembler::known(folding::binary(
        folding::Operation::divide, folding::binary(folding::Operation::subtract, a, rest), b))};
  }
  return {Assembler::known(
      folding::map(folding::binary(folding::Operation::divide, a, b), folding::function("floor")))};
}

Values modulo(const RuleCall& call) {
  return {Assembler::known(folding::binary(folding::Operation::floor_modulo,
                                           call.known(0, "a number"), call.known(1, "a number")))};
}

Values ceiling(const RuleCall& call) {
  return {Assembler::known(folding::map(call.known(0, "a number"), folding::function("ceil")))};
}

/// Where a list or table is true: a row of indices each.
Values places(const RuleCall& call) {
  const Array& x = call.known(0, "a condition");
  const Shape& shape = x.shape();
  std::vector<int64_t> indices;
  int64_t count = 0;
  for (int64_t at = 0; at < x.elements(); ++at) {
    if (x.at(at) == 0) continue;
    ++count;
    int64_t stride = x.elements();
    int64_t rest = at;
    for (const int64_t size : shape.sizes()) {
      stride /= size;
      indices.push_back(rest / stride);
      rest %= stride;
    }
  }
  return {Assembler::known(Array(Shape{count, int64_t{shape.rank()}}, std::move(indices)))};
}

/// A list of whole numbers, the same everywhere but at some places; how shapes are patched.
Values scattered(const RuleCall& call) {
  const std::vector<int64_t> at = call.known(0, "indices").integers();
  const std::vector<int64_t> size = call.known(1, "a shape").integers();
  const std::vector<int64_t> values = call.known(2, "values").integers();
  if (size.size() != 1 || size[0] < 0 || size[0] > most_numbers)
    throw Error("expected a list of known length");
  if (values.size() != 1 && values.size() != at.size())
    throw Error("expected one value, or one for each place");
  std::vector<int64_t> result(static_cast<size_t>(size[0]), call.known(3, "a number").integer());
  for (size_t i = 0; i < at.size(); ++i) {
    if (at[i] < 0 || at[i] >= size[0])
      throw Error(fmt::format("expected places below {}, received {}", size[0], at[i]));
    result[static_cast<size_t>(at[i])] = values[values.size() == 1 ? 0 : i];
  }
  return {Assembler::known(Array::list(std::move(result)))};
}

constexpr Rule rules[] = {
    {"tf:Shape", &shape},
    {"tf:ShapeN", &shapes},
    {"tf:Size", &size},
    {"tf:Rank", &rank},
    {"tf:Fill", &fill},
    {"tf:ZerosLike", &like, "zero"},
    {"tf:OnesLike", &like, "one"},
    {"tf:Range", &range},
    {"tf:Cast", &cast},
    {"tf:Equal", &comparison, "equal"},
    {"tf:NotEqual", &comparison, "not_equal"},
    {"tf:Less", &comparison, "less"},
    {"tf:LessEqual", &comparison, "less_equal"},
    {"tf:Greater", &comparison, "greater"},
    {"tf:GreaterEqual", &comparison, "greater_equal"},
    {"tf:And", &comparison, "and"},
    {"tf:Or", &comparison, "or"},
    {"tf:Not", &negation},
    {"tf:Where", &where},
    {"tf:NonZero", &nonzero},
    {"tf:SparseToDense", &sparse_to_dense},
    {"tf:FloorDiv", &floor_quotient},
    {"tf:FloorMod", &modulo},
    {"tf:Ceil", &ceiling},
    {"tf:NonZero", &places},
    {"tf:SparseToDense", &scattered},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_known;
const RuleFamily tf_known{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
