// TensorFlow's products of matrices.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "thaw/core/error.h"
#include "thaw/formats/import/tensorflow_words.h"

namespace thaw::foreign {
namespace {

using Values = std::vector<Value>;

Values product(const RuleCall& call) {
  const char* first = call.word() == "stack" ? "adj_x" : "transpose_a";
  const char* second = call.word() == "stack" ? "adj_y" : "transpose_b";
  return {call.make.matmul(call.input(0), call.input(1), call.flag(first, false),
                           call.flag(second, false))};
}

/// The letters of one side; "..." becomes as many capitals as axes are left.
std::string letters_of(std::string_view side, int rank) {
  std::string letters;
  for (size_t at = 0; at < side.size(); ++at) {
    if (side.substr(at, 3) == "...") {
      const int rest = rank - (static_cast<int>(side.size()) - 3);
      // Aligned at their ends: the last is Z.
      for (int i = rest; i > 0; --i) letters += static_cast<char>('Z' - i + 1);
      at += 2;
    } else {
      letters += side[at];
    }
  }
  if (std::ssize(letters) != rank) {
    throw Error(fmt::format("expected a value of {} axes for \"{}\", received one of {}",
                            letters.size(), side, rank));
  }
  return letters;
}

/// One operand of an equation, with a letter for each axis.
struct Operand {
  Value value;
  std::string letters;
};

/// a(axes of `order`), each given letter one axis.
Value in_order(const RuleCall& call, const Operand& operand, const std::string& order) {
  std::vector<int64_t> axes;
  for (const char letter : order)
    axes.push_back(static_cast<int64_t>(operand.letters.find(letter)));
  return call.make.transpose(operand.value, axes);
}

bool has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}

/// The letters of an equation by what becomes of them, and the size of each.
struct Letters {
  std::string stack;  ///< both operands and the result have them
  std::string left;   ///< the first and the result
  std::string inner;  ///< both operands: they are summed over
  std::string right;  ///< the second and the result
  std::map<char, int64_t> sizes = {};

  int64_t count(const std::string& letters) const {
    int64_t product = 1;
    for (const char letter : letters) product *= sizes.at(letter);
    return product;
  }
  std::vector<int64_t> shape(const std::string& letters,
                             std::initializer_list<int64_t> more) const {
    std::vector<int64_t> all;
    for (const char letter : letters) all.push_back(sizes.at(letter));
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

Letters sorted_letters(const RuleCall& call, const Operand& a, const Operand& b,
                       const std::string& result) {
  Letters letters;
  for (const Operand* operand : {&a, &b}) {
    const Shape shape = call.make.shape_of(operand->value);
    for (int axis = 0; axis < shape.rank(); ++axis)
      letters.sizes[operand->letters[static_cast<size_t>(axis)]] = shape[axis];
  }
  for (const char letter : a.letters) {
    if (!has(b.letters, letter)) {
      letters.left += letter;
    } else {
      (has(result, letter) ? letters.stack : letters.inner) += letter;
    }
  }
  for (const char letter : b.letters)
    if (!has(a.letters, letter)) letters.right += letter;
  const auto stays = [&](char letter) { return has(result, letter); };
  if (letters.inner.empty() || !std::ranges::all_of(letters.left + letters.right, stays))
    throw Error("expected a product that sums over what both have, received another");
  return letters;
}

/// a·b + bias.
Value contracted(const RuleCall& call, const Operand& a, const Operand& b, const Value* bias,
                 const std::string& result) {
  const Letters letters = sorted_letters(call, a, b, result);
  const auto& [stack, left, inner, right, sizes] = letters;
  const int64_t summed = letters.count(inner);
  const int64_t units = letters.count(right);
  Value x = in_order(call, a, stack + left + inner);
  Value y = in_order(call, b, stack + inner + right);
  const std::string made = stack + left + right;
  const auto finished = [&](const Value& z) {
    return in_order(call, {call.make.reshape(z, letters.shape(made, {})), made}, result);
  };
  if (y.is_known() && stack.empty()) {
    // A Dense, whose other axes stay as they are.
    x = call.make.reshape(x, letters.shape(left, {summed}));
    y = call.make.reshape(y, {summed, units});
    if (bias != nullptr && bias->is_known() && result.ends_with(right) &&
        call.make.shape_of(*bias).elements() == units &&
        call.make.shape_of(*bias).rank() <= static_cast<int>(right.size())) {
      const Value list = call.make.reshape(*bias, {units});
      return finished(call.make.dense(x, y, &list));
    }
  } else {
    x = call.make.reshape(x, letters.shape(stack, {letters.count(left), summed}));
    y = call.make.reshape(y, letters.shape(stack, {summed, units}));
  }
  const Value z = finished(call.make.matmul(x, y));
  return bias == nullptr ? z : call.make.binary(Binary::add, z, *bias);
}

Values einsum(const RuleCall& call) {
  std::string equation = call.text("equation", "");
  std::erase(equation, ' ');
  const size_t arrow = equation.find("->");
  const size_t comma = equation.find(',');
  if (arrow == std::string::npos || comma == std::string::npos || comma > arrow ||
      (call.input_count() != 2 && call.input_count() != 3))
    throw Error(fmt::format("expected an equation of two values, received \"{}\"", equation));
  const auto operand = [&](size_t place, std::string_view side) {
    const Value& value = call.input(place);
    const std::string letters = letters_of(side, call.make.shape_of(value).rank());
    std::string sorted = letters;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end())
      throw Error(fmt::format("expected each letter once in \"{}\"", side));
    return Operand{value, letters};
  };
  const Operand a = operand(0, std::string_view(equation).substr(0, comma));
  const Operand b = operand(1, std::string_view(equation).substr(comma + 1, arrow - comma - 1));
  const std::string side = equation.substr(arrow + 2);
  int rank = static_cast<int>(side.size());
  if (side.find("...") != std::string::npos) {
    const auto capitals = [](const std::string& letters) {
      return static_cast<int>(std::ranges::count_if(
          letters, [](char letter) { return letter >= 'A' && letter <= 'Z'; }));
    };
    rank += std::max(capitals(a.letters), capitals(b.letters)) - 3;
  }
  const std::string result = letters_of(side, rank);
  return {with_context(fmt::format("equation \"{}\"", equation), [&] {
    // A known operand belongs on the right.
    const Value* bias = call.has_input(2) ? &call.input(2) : nullptr;
    if (a.value.is_known() && !b.value.is_known()) return contracted(call, b, a, bias, result);
    return contracted(call, a, b, bias, result);
  })};
}

constexpr Rule rules[] = {
    {"tf:MatMul", &product, "matrix"},
    {"tf:BatchMatMulV2", &product, "stack"},
    {"tf:Einsum", &einsum},
};

}  // namespace

namespace rule_families {
extern const RuleFamily tf_products;
const RuleFamily tf_products{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
