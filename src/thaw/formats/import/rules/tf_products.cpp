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

/// a·b with what both and the result have as a stack, and what only both have summed over.
Value contracted(const RuleCall& call, const Operand& a, const Operand& b,
                 const std::string& result) {
  std::string stack;
  std::string left;
  std::string inner;
  std::string right;
  std::map<char, int64_t> sizes;
  const auto note = [&](const Operand& operand) {
    const Shape shape = call.make.shape_of(operand.value);
    for (int axis = 0; axis < shape.rank(); ++axis)
      sizes[operand.letters[static_cast<size_t>(axis)]] = shape[axis];
  };
  note(a);
  note(b);
  for (const char letter : a.letters) {
    if (!has(b.letters, letter)) {
      left += letter;
    } else {
      (has(result, letter) ? stack : inner) += letter;
    }
  }
  for (const char letter : b.letters)
    if (!has(a.letters, letter)) right += letter;
  if (inner.empty() ||
      !std::ranges::all_of(left + right, [&](char letter) { return has(result, letter); }))
    throw Error("expected a product that sums over what both have, received another");
  const auto count = [&](const std::string& letters) {
    int64_t product = 1;
    for (const char letter : letters) product *= sizes[letter];
    return product;
  };
  const auto shape = [&](const std::string& letters, std::initializer_list<int64_t> more) {
    std::vector<int64_t> all;
    for (const char letter : letters) all.push_back(sizes[letter]);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  Value x = in_order(call, a, stack + left + inner);
  Value y = in_order(call, b, stack + inner + right);
  std::string made = stack + left + right;
  if (y.is_known() && stack.empty()) {
    // A Dense, whose other axes stay as they are.
    x = call.make.reshape(x, shape(left, {count(inner)}));
    y = call.make.reshape(y, {count(inner), count(right)});
  } else {
    x = call.make.reshape(x, shape(stack, {count(left), count(inner)}));
    y = call.make.reshape(y, shape(stack, {count(inner), count(right)}));
  }
  const Value z = call.make.reshape(call.make.matmul(x, y), shape(made, {}));
  return in_order(call, {z, made}, result);
}

Values einsum(const RuleCall& call) {
  std::string equation = call.text("equation", "");
  std::erase(equation, ' ');
  const size_t arrow = equation.find("->");
  const size_t comma = equation.find(',');
  if (arrow == std::string::npos || comma == std::string::npos || comma > arrow ||
      call.input_count() != 2)
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
    if (a.value.is_known() && !b.value.is_known()) return contracted(call, b, a, result);
    return contracted(call, a, b, result);
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
