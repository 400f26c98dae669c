#include "thaw/formats/keras/lambda_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/error.h"
#include "thaw/graph/layer_type.h"
#include "thaw/graph/layers/rescaling.h"

namespace thaw::keras {
namespace {

using Values = std::vector<double>;

/// x·scale + offset, or numbers alone (offset) where there is no x in it.
struct Affine {
  bool has_x = false;
  bool is_turned = false;  ///< x with its channels turned around
  Values scale = {0};
  Values offset = {0};
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Affine parse() {
    Affine result = sum();
    if (!at_end()) fail("an operator or the end");
    if (!result.has_x) fail("an expression of x");
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& expected) {
    throw UsageError(fmt::format(
        "expected {} at letter {} of \"{}\"; known are x, numbers, lists of numbers, + - * /, "
        "parentheses and x[..., ::-1]",
        expected, at_ + 1, text_));
  }

  bool at_end() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ == text_.size();
  }

  bool take(std::string_view token) {
    if (at_end() || !text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  Affine sum() {
    Affine result = product();
    while (true) {
      if (take("+")) {
        result = add(result, product());
      } else if (take("-")) {
        result = add(result, negated(product()));
      } else {
        return result;
      }
    }
  }

  Affine product() {
    Affine result = factor();
    while (true) {
      if (take("*")) {
        result = multiply(result, factor());
      } else if (take("/")) {
        const Affine divisor = factor();
        if (divisor.has_x) fail("a quotient by numbers before this");
        Affine inverse = divisor;
        for (double& number : inverse.offset) {
          if (number == 0) fail("another divisor than 0 before this");
          number = 1 / number;
        }
        result = multiply(result, inverse);
      } else {
        return result;
      }
    }
  }

  Affine factor() {
    if (++depth_ > 100) fail("fewer parentheses");
    Affine result;
    if (take("-")) {
      result = negated(factor());
    } else if (take("(")) {
      result = sum();
      if (!take(")")) fail("\")\"");
    } else if (take("x")) {
      result = {.has_x = true, .scale = {1}};
    } else if (take("[")) {
      result.offset = {signed_number()};
      while (take(",")) result.offset.push_back(signed_number());
      if (!take("]")) fail("\"]\"");
    } else {
      result.offset = {number()};
    }
    while (result.has_x && take("[")) result = turned(result);
    --depth_;
    return result;
  }

  /// What stands in x[…] behind the bracket: the channels turned around, nothing else.
  Affine turned(Affine x) {
    if (!take("...")) {
      for (int axis = 0; axis < 3; ++axis)
        if (!take(":") || !take(",")) fail("\"..., ::-1]\"");
    } else if (!take(",")) {
      fail("\", ::-1]\"");
    }
    if (!take("::") || !take("-1") || !take("]")) fail("\"::-1]\"");
    x.is_turned = !x.is_turned;
    std::ranges::reverse(x.scale);
    std::ranges::reverse(x.offset);
    return x;
  }

  double signed_number() { return take("-") ? -number() : number(); }

  double number() {
    if (at_end()) fail("x or a number");
    const std::string rest(text_.substr(at_));
    const bool starts = std::isdigit(static_cast<unsigned char>(rest[0])) != 0 || rest[0] == '.';
    if (!starts) fail("x or a number");
    char* end = nullptr;
    const double value = std::strtod(rest.c_str(), &end);
    if (end == rest.c_str()) fail("x or a number");
    at_ += static_cast<size_t>(end - rest.c_str());
    return value;
  }

  template <typename Combine>
  Values combined(const Values& a, const Values& b, Combine&& combine) {
    if (a.size() != b.size() && a.size() != 1 && b.size() != 1)
      fail("lists of one length before this");
    Values result;
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i)
      result.push_back(combine(a[std::min(i, a.size() - 1)], b[std::min(i, b.size() - 1)]));
    return result;
  }

  Affine add(const Affine& a, const Affine& b) {
    if (a.has_x && b.has_x && a.is_turned != b.is_turned) fail("a sum of one order of channels");
    const auto sum_of = [](double x, double y) { return x + y; };
    return {.has_x = a.has_x || b.has_x,
            .is_turned = a.has_x ? a.is_turned : b.is_turned,
            .scale = combined(a.scale, b.scale, sum_of),
            .offset = combined(a.offset, b.offset, sum_of)};
  }

  Affine multiply(const Affine& a, const Affine& b) {
    if (a.has_x && b.has_x) fail("a product with numbers before this");
    const Affine& x = a.has_x ? a : b;
    const Values& numbers = a.has_x ? b.offset : a.offset;
    const auto product_of = [](double m, double n) { return m * n; };
    return {.has_x = x.has_x,
            .is_turned = x.is_turned,
            .scale = x.has_x ? combined(x.scale, numbers, product_of) : Values{0},
            .offset = combined(x.offset, numbers, product_of)};
  }

  Affine negated(const Affine& a) { return multiply(a, {.offset = {-1}}); }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

std::vector<float> as_floats(const Values& values) {
  std::vector<float> result;
  for (const double value : values) result.push_back(static_cast<float>(value));
  return result;
}

}  // namespace

Symbol apply_lambda(const std::string& expression, const Symbol& x, const std::string& name) {
  const Affine affine = Parser(expression).parse();
  Symbol y = x;
  if (affine.is_turned) {
    const auto object = [] { return Config(Config::Map{}); };
    Config key(Config::List{});
    key.append(object().set("class_name", "__ellipsis__").set("config", object()));
    key.append(object()
                   .set("class_name", "__slice__")
                   .set("config", object().set("start", {}).set("stop", {}).set("step", -1)));
    const LayerType* type = layer_types::find("GetItem");
    y = Layer(type->from_config(object().set("name", name + ".turned").set("key", std::move(key))))(
        y);
  }
  return rescaling(
      {.scale = as_floats(affine.scale), .offset = as_floats(affine.offset), .name = name})(y);
}

}  // namespace thaw::keras
