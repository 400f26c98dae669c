#include "thaw/train/batch_result.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "thaw/core/error.h"

namespace thaw {
namespace {

[[noreturn]] void refuse(const BatchResult& batch, const char* who) {
  throw Error(std::string(who) + ": expected a class number or " + std::to_string(batch.columns) +
              " numbers a target, received " + std::to_string(batch.target_columns) + " numbers");
}

void softmax(const float* x, float* y, int64_t n) {
  const double largest = *std::max_element(x, x + n);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(x[i] - largest);
  for (int64_t i = 0; i < n; ++i) y[i] = static_cast<float>(std::exp(x[i] - largest) / sum);
}

}  // namespace

float BatchResult::target(int64_t row, int64_t column, const char* who) const {
  if (target_columns == columns) return targets[static_cast<size_t>(row * columns + column)];
  if (target_columns != 1) refuse(*this, who);
  return targets[static_cast<size_t>(row)] == static_cast<float>(column) ? 1.0F : 0.0F;
}

int64_t BatchResult::target_class(int64_t row, const char* who) const {
  if (target_columns != 1 && target_columns != columns) refuse(*this, who);
  const float* t = targets.data() + row * target_columns;
  if (target_columns > 1) return std::max_element(t, t + target_columns) - t;
  const int64_t classes = columns == 1 ? 2 : columns;
  const auto number = static_cast<int64_t>(columns == 1 ? std::round(*t) : *t);
  if (!(*t >= 0) || number >= classes) {
    throw Error(std::string(who) + ": expected a class number from 0 to " +
                std::to_string(classes - 1) + ", received " + std::to_string(*t));
  }
  return number;
}

int64_t BatchResult::output_class(int64_t row) const {
  const float* y = outputs.data() + row * columns;
  if (columns > 1) return std::max_element(y, y + columns) - y;
  return *y > (left_off == Activation::Kind::sigmoid ? 0.0F : 0.5F) ? 1 : 0;
}

std::vector<float> BatchResult::model_outputs() const {
  std::vector<float> result(outputs.begin(), outputs.end());
  if (left_off == Activation::Kind::softmax) {
    for (int64_t row = 0; row < rows; ++row)
      softmax(outputs.data() + row * columns, result.data() + row * columns, columns);
  } else if (left_off == Activation::Kind::sigmoid) {
    for (float& value : result) value = static_cast<float>(1 / (1 + std::exp(-double{value})));
  }
  return result;
}

}  // namespace thaw
