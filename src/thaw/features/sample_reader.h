#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/batches.h"

namespace thaw {

/// How a pass over a dataset is followed, and ended, from outside.
struct PassWatch {
  /// When set, the pass ends after the running micro-batch.
  const std::atomic<bool>* stop = nullptr;
  /// Told how many of the samples that are read have been.
  std::function<void(int64_t done, int64_t total)> progress = {};

  bool is_stopped() const { return stop != nullptr && stop->load(); }
};

/// Reads samples of a dataset in micro-batches, loaded ahead of their use, and remembers the images
/// that are broken. An image is broken with all its views.
class SampleReader {
 public:
  /// All that is handed in must outlive this object.
  SampleReader(const Dataset& data, int64_t micro_batch, Threads& threads, const PassWatch& watch);

  /// Hands the samples that can be read to `use`, in this order. False: it was stopped.
  bool read(std::vector<int64_t> samples, const std::function<void(const Batch&)>& use);

  bool is_broken(int64_t sample) const { return broken_[static_cast<size_t>(sample)]; }
  /// The images that can be read, as the first view of each, ascending.
  std::vector<int64_t> usable() const;
  /// Why each of the others cannot.
  const std::vector<std::string>& dropped() const { return dropped_; }

 private:
  const Dataset& data_;
  int64_t micro_batch_;
  Threads& threads_;
  const PassWatch& watch_;
  std::vector<bool> broken_;  ///< one a sample
  std::vector<std::string> dropped_;
};

}  // namespace thaw
