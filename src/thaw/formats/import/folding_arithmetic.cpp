// What is computed number by number, and products of matrices.
#include "thaw/formats/import/folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "thaw/core/error.h"
#include "thaw/formats/import/strides.h"

namespace thaw::foreign::folding {
namespace {

int64_t whole(Operation how, int64_t a, int64_t b) {
  switch (how) {
    case Operation::add:
      return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    case Operation::subtract:
      return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
    case Operation::multiply:
      return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    case Operation::divide:
      if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min()))
        throw Error("expected a quotient by another number than 0");
      return a / b;
    case Operation::maximum:
      return std::max(a, b);
    case Operation::minimum:
      return std::min(a, b);
    case Operation::power:
      return static_cast<int64_t>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    case Operation::equal:
      return a == b ? 1 : 0;
    case Operation::less:
      return a < b ? 1 : 0;
    case Operation::greater:
      return a > b ? 1 : 0;
    case Operation::logical_and:
      return a != 0 && b != 0 ? 1 : 0;
    case Operation::logical_or:
      return a != 0 || b != 0 ? 1 : 0;
    case Operation::floor_modulo: {
      if (b == 0 || b == -1) return 0;
      const int64_t rest = a % b;
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
  }
  return 0;
}

double real(Operation how, double a, double b) {
  switch (how) {
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    case Operation::maximum:
      return std::max(a, b);
    case Operation::minimum:
      return std::min(a, b);
    case Operation::power:
      return std::pow(a, b);
    case Operation::equal:
      return a == b ? 1 : 0;
    case Operation::less:
      return a < b ? 1 : 0;
    case Operation::greater:
      return a > b ? 1 : 0;
    case Operation::logical_and:
      return a != 0 && b != 0 ? 1 : 0;
    case Operation::logical_or:
      return a != 0 || b != 0 ? 1 : 0;
    case Operation::floor_modulo:
      return a - std::floor(a / b) * b;
  }
  return 0;
}

bool gives_truth(Operation how) {
  return how == Operation::equal || how == Operation::less || how == Operation::greater ||
         how == Operation::logical_and || how == Operation::logical_or;
}

}  // namespace

Array binary(Operation how, const Array& a, const Array& b) {
  const Shape shape = broadcast(a.shape(), b.shape());
  const Array x = broadcast_to(a, shape);
  const Array y = broadcast_to(b, shape);
  const bool is_whole = x.is_integer() && y.is_integer();
  if (is_whole || gives_truth(how)) {
    Sizes result(static_cast<size_t>(shape.elements()));
    const Sizes first = is_whole ? x.integers() : Sizes{};
    const Sizes second = is_whole ? y.integers() : Sizes{};
    for (size_t i = 0; i < result.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      result[i] = is_whole ? whole(how, first[i], second[i])
                           : static_cast<int64_t>(real(how, x.at(at), y.at(at)));
    }
    return {shape, std::move(result)};
  }
  const Tensor first = x.floats();
  const Tensor second = y.floats();
  Tensor result(shape);
  for (size_t i = 0; i < result.values().size(); ++i) {
    result.values()[i] =
        static_cast<float>(real(how, double{first.values()[i]}, double{second.values()[i]}));
  }
  return Array(std::move(result));
}

Array opposite(const Array& truth) {
  return binary(Operation::equal, truth, Array::scalar(int64_t{0}));
}

Array map(const Array& x, const std::function<double(double)>& function) {
  const Tensor from = x.floats();
  Tensor result(x.shape());
  for (size_t i = 0; i < result.values().size(); ++i)
    result.values()[i] = static_cast<float>(function(double{from.values()[i]}));
  return Array(std::move(result));
}

Array matmul(const Array& a, const Array& b) {
  const Shape& x = a.shape();
  const Shape& y = b.shape();
  const bool stacks = x.rank() == y.rank() && x.rank() >= 2;
  if (x.rank() < 2 || y.rank() < 2 || x[-1] != y[-2] || (y.rank() > 2 && !stacks))
    throw Error(fmt::format("expected matrices that fit, received {} and {}", x.to_string(),
                            y.to_string()));
  Sizes sizes = sizes_of(x);
  sizes.back() = y[-1];
  const int64_t rows = x[-2];
  const int64_t inner = x[-1];
  const int64_t columns = y[-1];
  const int64_t stack = rows * inner == 0 ? 0 : x.elements() / (rows * inner);
  if (y.rank() > 2 && y.elements() != stack * inner * columns)
    throw Error("expected stacks of one shape");
  const Tensor first = a.floats();
  const Tensor second = b.floats();
  Tensor result(bounded(Shape(std::move(sizes))));
  for (int64_t at = 0; at < stack * rows * columns; ++at) {
    const int64_t of = at / (rows * columns);
    const int64_t row = at / columns % rows;
    double sum = 0;
    for (int64_t i = 0; i < inner; ++i) {
      sum += double{first.data()[(of * rows + row) * inner + i]} *
             double{second.data()[((y.rank() > 2 ? of : 0) * inner + i) * columns + at % columns]};
    }
    result.data()[at] = static_cast<float>(sum);
  }
  return Array(std::move(result));
}

std::function<double(double)> function(std::string_view name) {
  using Function = double (*)(double);
  static const std::map<std::string_view, Function> functions = {
      {"linear", [](double x) { return x; }},
      {"relu", [](double x) { return std::max(x, 0.0); }},
      {"relu6", [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"exponential", [](double x) { return std::exp(x); }},
      {"erf", [](double x) { return std::erf(x); }},
      {"sin", [](double x) { return std::sin(x); }},
      {"cos", [](double x) { return std::cos(x); }},
      {"sqrt", [](double x) { return std::sqrt(x); }},
      {"log", [](double x) { return std::log(x); }},
      {"abs", [](double x) { return std::fabs(x); }},
      {"floor", [](double x) { return std::floor(x); }},
      {"ceil", [](double x) { return std::ceil(x); }},
      {"round", [](double x) { return std::nearbyint(x); }},
      {"sign", [](double x) { return x > 0   ? 1.0
                                     : x < 0 ? -1.0
                                             : 0.0; }},
      {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"silu", [](double x) { return x / (1 + std::exp(-x)); }},
      {"gelu", [](double x) { return x * (1 + std::erf(x / std::sqrt(2.0))) / 2; }},
  };
  const auto found = functions.find(name);
  if (found == functions.end())
    throw Error(
        fmt::format("expected {} of a computed value, received one of known numbers", name));
  return found->second;
}

Array where(const Array& condition, const Array& a, const Array& b) {
  const Shape shape = broadcast(condition.shape(), broadcast(a.shape(), b.shape()));
  const Array chosen = broadcast_to(condition, shape);
  const Array x = broadcast_to(a, shape);
  const Array y = broadcast_to(b, shape);
  if (x.is_integer() && y.is_integer()) {
    Sizes result = y.integers();
    const Sizes others = x.integers();
    for (size_t i = 0; i < result.size(); ++i)
      if (chosen.at(static_cast<int64_t>(i)) != 0) result[i] = others[i];
    return {shape, std::move(result)};
  }
  Tensor result = y.floats().clone();
  const Tensor others = x.floats();
  for (size_t i = 0; i < result.values().size(); ++i)
    if (chosen.at(static_cast<int64_t>(i)) != 0) result.values()[i] = others.values()[i];
  return Array(std::move(result));
}

}  // namespace thaw::foreign::folding
