#include "thaw/data/batches.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/image_files.h"
#include "thaw/core/error.h"
#include "thaw/core/random.h"

namespace thaw {
namespace {

using Indices = std::vector<int64_t>;

/// Sample i is {i, −i}, of class i mod 3; some cannot be loaded, some take long.
class Numbers : public Dataset {
 public:
  explicit Numbers(int64_t size) : size_(size) {}

  int64_t size() const override { return size_; }
  const Shape& input_shape() const override { return shape_; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  int64_t label(int64_t index) const override { return index % 3; }
  void load(int64_t index, std::span<float> values) const override {
    ++loads;
    if (is_slow) {
      const auto pause = Random(9, static_cast<uint64_t>(index)).below(300);
      std::this_thread::sleep_for(std::chrono::microseconds(pause));
    }
    if (broken.contains(index)) {
      values[0] = -1000;  // a load may fail half-way
      throw Error("sample " + std::to_string(index) + " is broken");
    }
    if (index == fatal) throw std::runtime_error("no memory, say");
    values[0] = static_cast<float>(index);
    values[1] = static_cast<float>(-index);
  }

  std::set<int64_t> broken;
  int64_t fatal = -1;
  bool is_slow = false;
  mutable std::atomic<int> loads = 0;

 private:
  int64_t size_;
  Shape shape_{2};
  std::vector<std::string> class_names_ = {"a", "b", "c"};
};

Indices up_to(int64_t count) {
  Indices order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  return order;
}

/// The indices of every batch, whose contents are checked on the way.
std::vector<Indices> batches_of(BatchLoader& loader) {
  std::vector<Indices> batches;
  while (const Batch* batch = loader.next()) {
    EXPECT_EQ(batch->inputs.shape(), (Shape{batch->size(), int64_t{2}}));
    EXPECT_EQ(batch->labels.size(), batch->indices.size());
    for (size_t i = 0; i < batch->indices.size(); ++i) {
      const auto value = static_cast<float>(batch->indices[i]);
      EXPECT_EQ(batch->inputs.values()[2 * i], value);
      EXPECT_EQ(batch->inputs.values()[2 * i + 1], -value);
      EXPECT_EQ(batch->labels[i], batch->indices[i] % 3);
    }
    batches.push_back(batch->indices);
  }
  EXPECT_EQ(loader.next(), nullptr) << "after the end comes nothing";
  return batches;
}

std::vector<Indices> load_all(const Dataset& data, const Indices& order, int threads,
                              LoaderOptions options) {
  Threads workers(threads);
  BatchLoader loader(data, order, workers, options);
  return batches_of(loader);
}

TEST(BatchLoader, keeps_the_order_whatever_the_threads_and_batches_ahead) {
  Numbers data(100);
  data.is_slow = true;
  const Indices order = Random(1).permutation(100);
  for (const int threads : {1, 2, 5}) {
    for (const int ahead : {0, 1, 2, 50}) {
      const auto batches =
          load_all(data, order, threads, {.batch_size = 7, .batches_ahead = ahead});
      ASSERT_EQ(batches.size(), 15U);
      Indices joined;
      for (const Indices& batch : batches) joined.insert(joined.end(), batch.begin(), batch.end());
      EXPECT_EQ(joined, order) << threads << " threads, " << ahead << " ahead";
      for (size_t i = 0; i + 1 < batches.size(); ++i) EXPECT_EQ(batches[i].size(), 7U);
      EXPECT_EQ(batches.back().size(), 2U);
    }
  }
}

TEST(BatchLoader, loads_each_sample_once) {
  const Numbers data(50);
  (void)load_all(data, up_to(50), 2, {.batch_size = 8});
  EXPECT_EQ(data.loads, 50);
}

TEST(BatchLoader, leaves_broken_samples_out_and_tells_which) {
  Numbers data(20);
  data.broken = {0, 5, 6, 11};
  for (const int threads : {1, 2, 5}) {
    Threads workers(threads);
    BatchLoader loader(data, up_to(20), workers, {.batch_size = 4});
    EXPECT_EQ(
        batches_of(loader),
        (std::vector<Indices>{{1, 2, 3}, {4, 7}, {8, 9, 10}, {12, 13, 14, 15}, {16, 17, 18, 19}}));
    ASSERT_EQ(loader.failures().size(), 4U);
    size_t i = 0;
    for (const int64_t index : data.broken) {
      EXPECT_EQ(loader.failures()[i].index, index);
      EXPECT_EQ(loader.failures()[i].message, "sample " + std::to_string(index) + " is broken");
      ++i;
    }
  }
}

TEST(BatchLoader, skips_batches_that_are_broken_as_a_whole) {
  Numbers data(12);
  data.broken = {3, 4, 5, 6, 7, 8};
  EXPECT_EQ(load_all(data, up_to(12), 2, {.batch_size = 3}),
            (std::vector<Indices>{{0, 1, 2}, {9, 10, 11}}));
  data.broken = {9, 10, 11};
  EXPECT_EQ(load_all(data, up_to(12), 2, {.batch_size = 3}).size(), 3U) << "the last one";
}

TEST(BatchLoader, of_nothing_but_broken_samples_gives_no_batch) {
  Numbers data(9);
  for (int64_t i = 0; i < 9; ++i) data.broken.insert(i);
  Threads workers(2);
  BatchLoader loader(data, up_to(9), workers, {.batch_size = 2});
  EXPECT_EQ(loader.next(), nullptr);
  EXPECT_EQ(loader.failures().size(), 9U);
}

TEST(BatchLoader, a_batch_may_be_larger_than_the_dataset) {
  const Numbers data(5);
  EXPECT_EQ(load_all(data, up_to(5), 2, {.batch_size = 1000000}),
            (std::vector<Indices>{{0, 1, 2, 3, 4}}));
}

TEST(BatchLoader, an_order_may_be_empty_a_part_or_repeat_samples) {
  const Numbers data(5);
  EXPECT_TRUE(load_all(data, {}, 2, {}).empty());
  EXPECT_EQ(load_all(data, {4, 4, 0}, 2, {.batch_size = 2}), (std::vector<Indices>{{4, 4}, {0}}));
}

TEST(BatchLoader, a_batch_stays_as_it_is_until_the_next_is_asked_for) {
  const Numbers data(40);
  Threads workers(2);
  BatchLoader loader(data, up_to(40), workers, {.batch_size = 4, .batches_ahead = 1});
  for (const Batch* batch = loader.next(); batch != nullptr; batch = loader.next()) {
    const Indices indices = batch->indices;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // so that other threads load
    for (size_t i = 0; i < indices.size(); ++i)
      EXPECT_EQ(batch->inputs.values()[2 * i], static_cast<float>(indices[i]));
  }
}

TEST(BatchLoader, loads_no_further_ahead_than_told) {
  const Numbers data(100);
  Threads workers(2);
  BatchLoader loader(data, up_to(100), workers, {.batch_size = 5, .batches_ahead = 2});
  (void)loader.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(data.loads, 15) << "the one in use and two ahead";
}

TEST(BatchLoader, destroyed_midway_it_leaves_the_rest_alone) {
  Numbers data(1000);
  data.is_slow = true;
  Threads workers(2);
  for (int taken = 0; taken < 4; ++taken) {
    data.loads = 0;
    {
      BatchLoader loader(data, up_to(1000), workers, {.batch_size = 50, .batches_ahead = 5});
      for (int i = 0; i < taken; ++i) ASSERT_NE(loader.next(), nullptr);
    }
    const int loads = data.loads;
    EXPECT_LE(loads, 50 * (taken + 6));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(data.loads, loads) << "nothing is loaded after it is gone";
  }
}

TEST(BatchLoader, what_is_no_error_of_a_sample_ends_it) {
  Numbers data(20);
  data.fatal = 9;
  Threads workers(2);
  BatchLoader loader(data, up_to(20), workers, {.batch_size = 2});
  EXPECT_THROW(while (loader.next() != nullptr){}, std::runtime_error);
  EXPECT_THROW((void)loader.next(), std::runtime_error) << "and again";
}

TEST(BatchLoader, several_share_the_threads) {
  Numbers data(60);
  data.is_slow = true;
  Threads workers(2);
  BatchLoader first(data, up_to(60), workers, {.batch_size = 7});
  BatchLoader second(data, Random(4).permutation(60), workers, {.batch_size = 11});
  EXPECT_EQ(batches_of(second).size(), 6U);
  EXPECT_EQ(batches_of(first).size(), 9U);
}

TEST(BatchLoader, wrong_calls_are_told) {
  const Numbers data(5);
  Threads workers(1);
  const auto message = [&](const Indices& order, LoaderOptions options) {
    return testing::error_of([&] { const BatchLoader loader(data, order, workers, options); });
  };
  EXPECT_EQ(message({0}, {.batch_size = 0}),
            "expected a positive batch size, received 0, 2 batches ahead");
  EXPECT_EQ(message({0}, {.batches_ahead = -1}),
            "expected a positive batch size, received 32, -1 batches ahead");
  EXPECT_EQ(message({0, 5}, {}), "expected samples of 0 … 4, received 5");
  EXPECT_EQ(message({-1}, {}), "expected samples of 0 … 4, received -1");
}

}  // namespace
}  // namespace thaw
