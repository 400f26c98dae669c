// What serves sums of shapes and means the same in every dialect: known before the graph runs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/formats/import/folding.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

using folding::Operation;
using Values = std::vector<Value>;

/// All sizes, or in ONNX since version 15 those from `start` to `end`.
Values shape(const RuleCall& call) {
  const Shape x = call.make.shape_of(call.input(0));
  const auto clamped = [&](int64_t place) {
    return std::clamp<int64_t>(place < 0 ? place + x.rank() : place, 0, x.rank());
  };
  const int64_t start = clamped(call.integer("start", 0));
  const int64_t end = std::max(start, clamped(call.integer("end", x.rank())));
  return {Assembler::known(Array::list({x.sizes().begin() + start, x.sizes().begin() + end}))};
}

Values size(const RuleCall& call) {
  return {Assembler::known(Array::scalar(call.make.shape_of(call.input(0)).elements()))};
}

/// first, first + step, … before the limit.
Values range(const RuleCall& call) {
  constexpr int64_t most_numbers = int64_t{1} << 22;
  const Array& first = call.known(0, "the start");
  const double begin = first.number();
  const double step = call.known(2, "the step").number();
  const double steps = std::ceil((call.known(1, "the limit").number() - begin) / step);
  if (step == 0 || !(steps <= static_cast<double>(most_numbers))) {
    throw Error(
        fmt::format("expected a range of at most {} numbers, received {}", most_numbers, steps));
  }
  const auto count = static_cast<int64_t>(std::max(steps, 0.0));
  const bool is_whole = first.is_integer() && call.known(2, "the step").is_integer();
  std::vector<int64_t> whole;
  Tensor floats(is_whole ? Shape{0} : Shape{count});
  for (int64_t i = 0; i < count; ++i) {
    const double value = begin + static_cast<double>(i) * step;
    if (is_whole)
      whole.push_back(static_cast<int64_t>(value));
    else
      floats.data()[i] = static_cast<float>(value);
  }
  return {Assembler::known(is_whole ? Array::list(std::move(whole)) : Array(floats))};
}

/// Whether one can be repeated to the other, or both to a third.
bool fit(const Shape& a, const Shape& b) {
  for (int from_end = 1; from_end <= std::min(a.rank(), b.rank()); ++from_end)
    if (a[-from_end] != b[-from_end] && a[-from_end] != 1 && b[-from_end] != 1) return false;
  return true;
}

/// `is_opposite`: where it does not hold. TensorFlow may ask for the answer that what does not fit
/// differs.
template <Operation how, bool is_opposite>
Values compared(const RuleCall& call) {
  const Array& a = call.known(0, "what is compared");
  const Array& b = call.known(1, "what is compared");
  if (!call.flag("incompatible_shape_error", true) && !fit(a.shape(), b.shape()))
    return {Assembler::known(Array::scalar(int64_t{is_opposite ? 1 : 0}))};
  const Array result = folding::binary(how, a, b);
  return {Assembler::known(is_opposite ? folding::opposite(result) : result)};
}

Values opposite(const RuleCall& call) {
  return {Assembler::known(folding::opposite(call.known(0, "what is negated")))};
}

constexpr Rule rules[] = {
    {"Shape", &shape},
    {"Size", &size},
    {"Range", &range},
    {"And", &compared<Operation::logical_and, false>},
    {"Or", &compared<Operation::logical_or, false>},
    {"Not", &opposite},
    {"Equal", &compared<Operation::equal, false>},
    {"tf:NotEqual", &compared<Operation::equal, true>},
    {"Less", &compared<Operation::less, false>},
    {"onnx:LessOrEqual", &compared<Operation::greater, true>},
    {"tf:LessEqual", &compared<Operation::greater, true>},
    {"Greater", &compared<Operation::greater, false>},
    {"onnx:GreaterOrEqual", &compared<Operation::less, true>},
    {"tf:GreaterEqual", &compared<Operation::less, true>},
};

}  // namespace

namespace rule_families {
extern const RuleFamily known;
constinit const RuleFamily known{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
