#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/threads.h"
#include "thaw/data/dataset.h"

namespace thaw {

/// Samples side by side. A sample that could not be loaded is left out, so a batch may hold fewer
/// than were asked for, but at least one.
struct Batch {
  Tensor inputs;  ///< [n, …], preprocessed; valid until the next batch is asked for
  std::vector<int64_t> indices;  ///< the n samples' indices in the dataset
  std::vector<int64_t> labels;   ///< their classes; −1 for a sample that has none

  int64_t size() const { return static_cast<int64_t>(indices.size()); }
};

/// A sample that could not be loaded.
struct LoadFailure {
  int64_t index = 0;    ///< in the dataset
  std::string message;  ///< the Error's
};

struct LoaderOptions {
  int64_t batch_size = 32;  ///< samples; the last batch may be smaller
  /// How many batches are loaded ahead of the one in use: batches_ahead + 1 are in memory.
  int batches_ahead = 2;
};

/// Loads samples in the background, on all threads, and gives them in batches. Batch b holds
/// samples order[b·batch_size] and those that follow, whatever the threads do. It may be destroyed
/// before the last batch: it then waits for the samples that are being loaded, and loads no more.
class BatchLoader {
 public:
  /// Borrows `dataset` and `threads`. Throws UsageError unless the batch size is positive and the
  /// order's indices lie in the dataset.
  BatchLoader(const Dataset& dataset, std::vector<int64_t> order, Threads& threads,
              LoaderOptions options = {});
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch, or nullptr after the last; valid until the next call. A sample whose load()
  /// throws Error is left out and noted in failures(); any other exception (no memory, say) is
  /// thrown again here. Not to be called on one of `threads`, which it may have to wait for.
  const Batch* next();

  /// The samples left out of the batches so far, in the order in which they were to come.
  std::span<const LoadFailure> failures() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace thaw
