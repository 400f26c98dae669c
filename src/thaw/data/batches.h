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
/// than were asked for, but never none.
struct Batch {
  Tensor inputs;                 ///< [n, ...]; valid until the next batch is asked for
  std::vector<int64_t> indices;  ///< which samples these are, n of them
  std::vector<int64_t> labels;   ///< their classes, −1 without

  int64_t size() const { return static_cast<int64_t>(indices.size()); }
};

/// A sample that could not be loaded.
struct LoadFailure {
  int64_t index = 0;
  std::string message;
};

struct LoaderOptions {
  int64_t batch_size = 32;
  /// How many batches are loaded ahead of the one in use; with that one they bound the memory.
  int batches_ahead = 2;
};

/// Loads the samples `order` names, on all threads, ahead of whoever asks for them; batches come
/// in order. Of each batch the composition depends on nothing but `order`, not on the threads.
/// Destroying it midway is safe and waits only for the samples in work.
class BatchLoader {
 public:
  /// Borrows `dataset` and `threads`. Throws UsageError unless the batch size is positive and the
  /// order's indices lie in the dataset.
  BatchLoader(const Dataset& dataset, std::vector<int64_t> order, Threads& threads,
              LoaderOptions options = {});
  ~BatchLoader();
  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;

  /// The next batch, or nullptr after the last. It is overwritten by the next call. What loading
  /// throws other than Error (no memory, say) is thrown again here. Not to be called by one of
  /// `threads`.
  const Batch* next();

  /// The samples left out of the batches so far, in order.
  std::span<const LoadFailure> failures() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace thaw
