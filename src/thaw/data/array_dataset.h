#pragma once

#include "thaw/data/dataset.h"

namespace thaw {

/// Samples in memory: the rows of x [samples, …], with a label each, with targets y [samples, …],
/// or without either, and with a weight each (weight()) or without. Classes are named "0", "1", …
/// up to the largest label. Shares the tensors' storage.
class ArrayDataset : public Dataset {
 public:
  /// Throws Error when the counts differ, a label or a weight is negative, a weight is no finite
  /// number or x has no axis.
  ArrayDataset(Tensor x, std::vector<int64_t> labels, std::vector<double> weights = {});
  ArrayDataset(Tensor x, Tensor y, std::vector<double> weights = {});
  explicit ArrayDataset(Tensor x);

  int64_t size() const override { return x_.shape()[0]; }
  const Shape& input_shape() const override { return input_shape_; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  int64_t label(int64_t index) const override;
  double weight(int64_t index) const override;
  void load(int64_t index, std::span<float> values) const override;
  Shape target_shape() const override;
  void target(int64_t index, std::span<float> values) const override;
  /// content_hash() of the sample's values.
  std::string content_key(int64_t index) const override;

 private:
  Tensor x_;
  Tensor y_;
  std::vector<int64_t> labels_;
  std::vector<double> weights_;
  Shape input_shape_;
  std::vector<std::string> class_names_;
};

}  // namespace thaw
