#include "thaw/features/feature_walk.h"

#include <algorithm>
#include <cstring>

#include "thaw/core/error.h"
#include "thaw/features/feature_row.h"

namespace thaw {
namespace {

class KeptWalk final : public FeatureWalk {
 public:
  explicit KeptWalk(FeatureRows& rows) : rows_(rows) {}

  void start(std::vector<int64_t> order, std::unique_ptr<const Dataset>) override {
    order_ = std::move(order);
    place_ = 0;
  }
  void next(int64_t rows, std::span<Tensor> features) override {
    for (int64_t i = 0; i < rows; ++i)
      scatter_row(rows_.store->row(order_.at(place_++)), i, features);
  }

 private:
  FeatureRows& rows_;
  std::vector<int64_t> order_;
  size_t place_ = 0;
};

class ComputingWalk final : public FeatureWalk {
 public:
  ComputingWalk(const Dataset& data, std::shared_ptr<FrozenLayers> frozen, Threads& threads)
      : data_(data), frozen_(std::move(frozen)), threads_(threads) {}

  void start(std::vector<int64_t> order, std::unique_ptr<const Dataset> data) override {
    batch_ = nullptr;
    loader_.reset();  // it borrows the dataset that goes next
    epoch_data_ = std::move(data);
    loader_ = micro_batch_loader(epoch_data_ ? *epoch_data_ : data_, std::move(order),
                                 frozen_->micro_batch(), threads_);
  }
  void next(int64_t rows, std::span<Tensor> features) override {
    for (int64_t done = 0; done < rows;) {
      if (batch_ == nullptr || batch_row_ == batch_->size()) compute_next_batch();
      const int64_t count = std::min(rows - done, batch_->size() - batch_row_);
      for (size_t i = 0; i < features.size(); ++i) {
        Tensor to = features[i].rows(done, count);
        const Tensor from = results_[i].rows(batch_row_, count);
        std::memcpy(to.data(), from.data(), from.values().size_bytes());
      }
      batch_row_ += count;
      done += count;
    }
  }

 private:
  void compute_next_batch() {
    batch_ = loader_->next();
    batch_row_ = 0;
    if (!loader_->failures().empty()) {
      throw Error("a sample that could be read before cannot now: " +
                  loader_->failures().front().message);
    }
    if (batch_ == nullptr) throw Error("expected no more rows than the order has samples");
    const FrozenCut* const target = &frozen_->segments().cuts().back();
    results_ = frozen_->segment(nullptr, {&target, 1}).run({&batch_->inputs, 1});
  }

  const Dataset& data_;
  std::shared_ptr<FrozenLayers> frozen_;
  Threads& threads_;
  std::unique_ptr<const Dataset> epoch_data_;
  std::unique_ptr<BatchLoader> loader_;  ///< ahead of the walk
  const Batch* batch_ = nullptr;         ///< what it gave last; its first rows are handed out
  int64_t batch_row_ = 0;
  std::span<const Tensor> results_;  ///< what the frozen layers made of it
};

}  // namespace

std::unique_ptr<FeatureWalk> walk_of_kept(FeatureRows& rows) {
  return std::make_unique<KeptWalk>(rows);
}

std::unique_ptr<FeatureWalk> walk_that_computes(const Dataset& data,
                                                std::shared_ptr<FrozenLayers> frozen,
                                                Threads& threads) {
  return std::make_unique<ComputingWalk>(data, std::move(frozen), threads);
}

}  // namespace thaw
