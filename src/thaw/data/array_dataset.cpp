#include "thaw/data/array_dataset.h"

#include <algorithm>

#include "thaw/core/content_hash.h"

namespace thaw {

ArrayDataset::ArrayDataset(Tensor x, std::vector<int64_t> labels)
    : x_(std::move(x)), labels_(std::move(labels)), input_shape_(x_.shape().without_batch()) {
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

ArrayDataset::ArrayDataset(Tensor x, Tensor y)
    : x_(std::move(x)), y_(std::move(y)), input_shape_(x_.shape().without_batch()) {
  if (x_.shape()[0] != y_.shape()[0]) {
    throw Error("dataset: expected " + std::to_string(x_.shape()[0]) + " targets, received " +
                std::to_string(y_.shape()[0]));
  }
}

ArrayDataset::ArrayDataset(Tensor x) : x_(std::move(x)), input_shape_(x_.shape().without_batch()) {}

int64_t ArrayDataset::label(int64_t index) const {
  return labels_.empty() ? -1 : labels_[static_cast<size_t>(index)];
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
