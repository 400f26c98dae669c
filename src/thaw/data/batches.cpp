#include "thaw/data/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>

#include "thaw/core/error.h"

namespace thaw {
namespace {

/// A batch that is being loaded, and the buffer for it. Slots are used in turns.
struct Slot {
  Tensor buffer;
  int64_t first = 0;  ///< where its first sample stands in the order
  int64_t count = 0;
  int64_t waiting = 0;                ///< samples not loaded yet
  std::vector<std::string> messages;  ///< why each sample failed; empty: it did not
};

}  // namespace

struct BatchLoader::State {
  State(const Dataset& data, std::vector<int64_t> sample_order, Threads& workers,
        LoaderOptions loader_options)
      : dataset(data),
        order(std::move(sample_order)),
        threads(workers),
        options(loader_options),
        input_shape(data.input_shape()),
        sample_elements(input_shape.elements()) {}

  const Dataset& dataset;
  const std::vector<int64_t> order;
  Threads& threads;
  const LoaderOptions options;
  const Shape input_shape;
  const int64_t sample_elements;

  std::vector<Slot> slots;
  int64_t batches = 0;
  int64_t next_batch = 0;  ///< the one that next() returns
  Batch current;
  std::vector<LoadFailure> failures;

  std::mutex mutex;  ///< guards what follows and each slot's waiting and messages
  std::condition_variable done;
  int64_t unfinished = 0;  ///< samples submitted to the threads and not finished
  bool cancelled = false;
  std::exception_ptr failure;

  Slot& slot_for(int64_t batch) { return slots[static_cast<size_t>(batch) % slots.size()]; }

  void start(const std::shared_ptr<State>& self, int64_t batch) {
    if (batch >= batches) return;
    Slot& slot = slot_for(batch);
    slot.first = batch * options.batch_size;
    slot.count = std::min(options.batch_size, static_cast<int64_t>(order.size()) - slot.first);
    slot.messages.assign(static_cast<size_t>(slot.count), {});
    {
      const std::scoped_lock lock(mutex);
      slot.waiting = slot.count;
      unfinished += slot.count;
    }
    for (int64_t i = 0; i < slot.count; ++i)
      threads.submit([self, &slot, i] { self->load(slot, i); });
  }

  void load(Slot& slot, int64_t i) {
    std::string message;
    std::exception_ptr thrown;
    if (!is_cancelled()) {
      try {
        const auto out = slot.buffer.values().subspan(static_cast<size_t>(i * sample_elements),
                                                      static_cast<size_t>(sample_elements));
        dataset.load(order[static_cast<size_t>(slot.first + i)], out);
      } catch (const Error& error) {
        message = error.what();
        if (message.empty()) message = "the sample cannot be loaded";
      } catch (const std::bad_alloc&) {
        message = "the sample cannot be loaded: out of memory";
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    const std::scoped_lock lock(mutex);
    slot.messages[static_cast<size_t>(i)] = std::move(message);
    if (thrown && !failure) failure = thrown;
    --slot.waiting;
    --unfinished;
    done.notify_all();
  }

  bool is_cancelled() {
    const std::scoped_lock lock(mutex);
    return cancelled;
  }

  /// Closes the gaps that failed samples left in the batch, and notes the failures.
  void collect(Slot& slot) {
    current.indices.clear();
    current.labels.clear();
    float* values = slot.buffer.data();
    for (int64_t i = 0; i < slot.count; ++i) {
      const int64_t index = order[static_cast<size_t>(slot.first + i)];
      std::string& message = slot.messages[static_cast<size_t>(i)];
      if (!message.empty()) {
        failures.push_back({index, std::move(message)});
        continue;
      }
      const int64_t place = current.size();
      if (place != i) {
        std::copy_n(values + i * sample_elements, sample_elements,
                    values + place * sample_elements);
      }
      current.indices.push_back(index);
      current.labels.push_back(dataset.label(index));
    }
    current.inputs = slot.buffer.rows(0, current.size());
  }
};

BatchLoader::BatchLoader(const Dataset& dataset, std::vector<int64_t> order, Threads& threads,
                         LoaderOptions options)
    : state_(std::make_shared<State>(dataset, std::move(order), threads, options)) {
  State& state = *state_;
  const auto count = static_cast<int64_t>(state.order.size());
  if (options.batch_size <= 0 || options.batches_ahead < 0) {
    throw UsageError(fmt::format("expected a positive batch size, received {}, {} batches ahead",
                                 options.batch_size, options.batches_ahead));
  }
  for (const int64_t index : state.order) {
    if (index < 0 || index >= dataset.size()) {
      throw UsageError(
          fmt::format("expected samples of 0 … {}, received {}", dataset.size() - 1, index));
    }
  }
  state.batches = (count + options.batch_size - 1) / options.batch_size;
  state.slots.resize(static_cast<size_t>(
      std::min<int64_t>(options.batches_ahead + int64_t{1}, std::max<int64_t>(state.batches, 1))));
  const Shape shape = state.input_shape.with_batch(std::min(options.batch_size, count));
  for (Slot& slot : state.slots) slot.buffer = Tensor(shape);
  for (int64_t i = 0; i < static_cast<int64_t>(state.slots.size()); ++i) state.start(state_, i);
}

BatchLoader::~BatchLoader() {
  std::unique_lock lock(state_->mutex);
  state_->cancelled = true;
  state_->done.wait(lock, [&] { return state_->unfinished == 0; });
}

const Batch* BatchLoader::next() {
  State& state = *state_;
  while (state.next_batch < state.batches) {
    // The caller has finished with the batch returned last: its buffer is used for a new one.
    const auto slots = static_cast<int64_t>(state.slots.size());
    if (state.next_batch > 0) state.start(state_, state.next_batch - 1 + slots);
    Slot& slot = state.slot_for(state.next_batch);
    {
      std::unique_lock lock(state.mutex);
      state.done.wait(lock, [&] { return slot.waiting == 0 || state.failure; });
      if (state.failure) std::rethrow_exception(state.failure);
    }
    ++state.next_batch;
    state.collect(slot);
    if (state.current.size() > 0) return &state.current;
  }
  return nullptr;
}

std::span<const LoadFailure> BatchLoader::failures() const { return state_->failures; }

}  // namespace thaw
