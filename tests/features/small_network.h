#pragma once

#include <atomic>
#include <set>
#include <vector>

#include "thaw/data/array_dataset.h"
#include "thaw/ops/graph.h"

namespace thaw::testing {

/// Two convolutions, lowered, and the cuts behind each: images of 6×6 pixels.
struct SmallNetwork {
  ops::Graph graph;
  std::vector<ops::Value> middle;
  std::vector<ops::Value> end;
};
SmallNetwork small_network();

/// Noise, a function of `seed` alone; three images of class 0, then three of class 1, …
ArrayDataset noise_images(int64_t count, uint64_t seed);

/// Counts what is loaded of another dataset, and cannot read some of it.
class WatchedDataset : public Dataset {
 public:
  explicit WatchedDataset(ArrayDataset images, std::set<int64_t> broken = {}, int64_t views = 1)
      : images_(std::move(images)), broken_(std::move(broken)), views_(views) {}

  int64_t size() const override { return images_.size(); }
  int64_t views() const override { return views_; }
  const Shape& input_shape() const override { return images_.input_shape(); }
  const std::vector<std::string>& class_names() const override { return images_.class_names(); }
  int64_t label(int64_t index) const override { return images_.label(index); }
  void load(int64_t index, std::span<float> values) const override;
  std::string content_key(int64_t index) const override { return images_.content_key(index); }

  int loads() const { return loads_; }
  void breaks(std::set<int64_t> broken) { broken_ = std::move(broken); }

 private:
  ArrayDataset images_;
  std::set<int64_t> broken_;
  int64_t views_;
  mutable std::atomic<int> loads_ = 0;
};

}  // namespace thaw::testing
