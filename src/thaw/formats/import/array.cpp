#include "thaw/formats/import/array.h"

#include <fmt/format.h>

#include <cmath>

#include "thaw/core/error.h"

namespace thaw::foreign {
namespace {

/// Beyond it not every float is a whole number of its own.
constexpr double largest_whole = 9007199254740992.0;

}  // namespace

Array::Array(Tensor floats) : shape_(floats.shape()), values_(std::move(floats)) {}

Array::Array(Shape shape, std::vector<int64_t> integers)
    : shape_(std::move(shape)), values_(std::move(integers)) {
  const auto count = static_cast<int64_t>(std::get<Integers>(values_).size());
  if (shape_.elements() != count) {
    throw Error(fmt::format("expected {} numbers for the shape {}, received {}", shape_.elements(),
                            shape_.to_string(), count));
  }
}

Array Array::scalar(float value) { return Array(Tensor::full(Shape{}, value)); }
Array Array::scalar(int64_t value) { return {Shape{}, {value}}; }
Array Array::list(std::vector<int64_t> integers) {
  const auto count = static_cast<int64_t>(integers.size());
  return {Shape{count}, std::move(integers)};
}

Tensor Array::floats() const {
  if (const auto* tensor = std::get_if<Tensor>(&values_)) return *tensor;
  Tensor converted(shape_);
  size_t at = 0;
  for (const int64_t value : std::get<Integers>(values_))
    converted.values()[at++] = static_cast<float>(value);
  return converted;
}

std::vector<int64_t> Array::integers() const {
  if (const auto* whole = std::get_if<Integers>(&values_)) return *whole;
  Integers converted;
  for (const float value : std::get<Tensor>(values_).values()) {
    if (std::floor(value) != value || std::fabs(double{value}) > largest_whole)
      throw Error(fmt::format("expected whole numbers, received {}", value));
    converted.push_back(static_cast<int64_t>(value));
  }
  return converted;
}

double Array::number() const {
  if (elements() != 1)
    throw Error(fmt::format("expected one number, received {} of them", elements()));
  return at(0);
}

int64_t Array::integer() const {
  const double value = number();
  if (is_integer()) return std::get<Integers>(values_)[0];
  if (std::floor(value) != value || std::fabs(value) > largest_whole)
    throw Error(fmt::format("expected a whole number, received {}", value));
  return static_cast<int64_t>(value);
}

double Array::at(int64_t index) const {
  const auto place = static_cast<size_t>(index);
  if (const auto* tensor = std::get_if<Tensor>(&values_)) return double{tensor->values()[place]};
  return static_cast<double>(std::get<Integers>(values_)[place]);
}

Array Array::reshaped(Shape shape) const {
  if (const auto* tensor = std::get_if<Tensor>(&values_)) return Array(tensor->reshaped(shape));
  return {std::move(shape), std::get<Integers>(values_)};
}

}  // namespace thaw::foreign
