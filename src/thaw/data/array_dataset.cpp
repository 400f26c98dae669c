#include "thaw/data/array_dataset.h"

#include <algorithm>
#include <limits>

#include "thaw/core/content_hash.h"

namespace thaw {
namespace {

Shape shape_of_one(const Tensor& x) {
  if (x.shape().rank() == 0)
    throw UsageError("dataset: expected samples along the first axis, received a tensor without");
  return x.shape().without_batch();
}

void check_weights(const std::vector<double>& weights, int64_t samples) {
  if (!weights.empty() && std::ssize(weights) != samples) {
    throw Error("dataset: expected " + std::to_string(samples) + " weights, received " +
                std::to_string(weights.size()));
  }
  for (const double weight : weights) {
    if (!(weight >= 0 && weight <= std::numeric_limits<float>::max())) {
      throw Error("dataset: expected weights of 0 or more, received " + std::to_string(weight));
    }
  }
}

}  // namespace

ArrayDataset::ArrayDataset(Tensor x, std::vector<int64_t> labels, std::vector<double> weights)
    : x_(std::move(x)),
      labels_(std::move(labels)),
      weights_(std::move(weights)),
      input_shape_(shape_of_one(x_)) {
  check_weights(weights_, x_.shape()[0]);
  if (static_cast<int64_t>(labels_.size()) != x_.shape()[0]) {
    throw Error("dataset: expected " + std::to_string(x_.shape()[0]) + " labels, received " +
                std::to_string(labels_.size()));
  }
  int64_t classes = 0;
  for (const int64_t label : labels_) {
    if (label < 0) throw Error("dataset: a label is negative: " + std::to_string(label));
    classes = std::max(classes, label + 1);
  }
  for (int64_t i = 0; i < classes; ++i) class_names_.push_back(std::to_string(i));
}

ArrayDataset::ArrayDataset(Tensor x, Tensor y, std::vector<double> weights)
    : x_(std::move(x)),
      y_(std::move(y)),
      weights_(std::move(weights)),
      input_shape_(shape_of_one(x_)) {
  check_weights(weights_, x_.shape()[0]);
  const int64_t targets = y_.shape().rank() == 0 ? 0 : y_.shape()[0];
  if (x_.shape()[0] != targets) {
    throw Error("dataset: expected " + std::to_string(x_.shape()[0]) + " targets, received " +
                std::to_string(targets));
  }
}

ArrayDataset::ArrayDataset(Tensor x) : x_(std::move(x)), input_shape_(shape_of_one(x_)) {}

int64_t ArrayDataset::label(int64_t index) const {
  return labels_.empty() ? -1 : labels_[static_cast<size_t>(index)];
}

double ArrayDataset::weight(int64_t index) const {
  return weights_.empty() ? 1 : weights_[static_cast<size_t>(index)];
}

void ArrayDataset::load(int64_t index, std::span<float> values) const {
  std::ranges::copy(x_.rows(index, 1).values(), values.begin());
}

Shape ArrayDataset::target_shape() const {
  return y_.empty() ? Shape{} : y_.shape().without_batch();
}

void ArrayDataset::target(int64_t index, std::span<float> values) const {
  std::ranges::copy(y_.rows(index, 1).values(), values.begin());
}

std::string ArrayDataset::content_key(int64_t index) const {
  return content_hash(std::as_bytes(x_.rows(index, 1).values()));
}

}  // namespace thaw
