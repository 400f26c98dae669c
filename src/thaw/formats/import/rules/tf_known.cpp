// TensorFlow's operations on what is known beforehand: shapes and the sums that are done with them.
#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

constexpr int64_t most_numbers = int64_t{1} << 24;

Values shapes(const RuleCall& call) {
  Values all;
  for (const Value& value : call.inputs()) {
    const Shape of = call.make.shape_of(value);
    all.push_back(Assembler::known(Array::list({of.sizes().begin(), of.sizes().end()})));
  }
  return all;
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

constexpr Rule rules[] = {
    {"tf:ShapeN", &shapes},
    {"tf:Rank", &rank},
    {"tf:Fill", &fill},
    {"tf:ZerosLike", &like, "zero"},
    {"tf:OnesLike", &like, "one"},
    {"tf:Cast", &cast},
    {"tf:Where", &where},
    {"tf:NonZero", &nonzero},
    {"tf:SparseToDense", &sparse_to_dense},
    {"tf:FloorDiv", &floor_quotient},
    {"tf:FloorMod", &modulo},
    {"tf:Ceil", &ceiling},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_known;
const RuleFamily tf_known{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
