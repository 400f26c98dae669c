#include "thaw/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <vector>

namespace thaw {
namespace {

TEST(Threads, for_each_visits_every_index_once) {
  for (const int count : {1, 2, 5}) {
    Threads threads(count);
    EXPECT_EQ(threads.count(), count);
    std::vector<std::atomic<int>> seen(1000);
    threads.for_each(1000, [&](int64_t i) { ++seen[static_cast<size_t>(i)]; });
    for (const auto& visits : seen) ASSERT_EQ(visits, 1);
    threads.for_each(0, [](int64_t) { FAIL(); });
  }
}

TEST(Threads, for_each_throws_what_its_body_threw_and_stays_usable) {
  Threads threads(2);
  EXPECT_THROW(threads.for_each(100,
                                [](int64_t i) {
                                  if (i == 13) throw std::runtime_error("13");
                                }),
               std::runtime_error);
  std::atomic<int> seen = 0;
  threads.for_each(10, [&](int64_t) { ++seen; });
  EXPECT_EQ(seen, 10);
}

TEST(Threads, for_each_does_not_wait_for_workers_that_are_held_up_elsewhere) {
  Threads threads(2);
  std::latch begun(2);
  std::latch may_end(1);
  for (int i = 0; i < 2; ++i) {
    threads.submit([&] {
      begun.count_down();
      may_end.wait();
    });
  }
  begun.wait();
  int seen = 0;
  threads.for_each(10, [&](int64_t) { ++seen; });  // all by this thread
  EXPECT_EQ(seen, 10);
  may_end.count_down();
}

TEST(Threads, for_each_may_be_called_by_a_worker) {
  Threads threads(2);
  std::atomic<int> seen = 0;
  threads.for_each(4, [&](int64_t) { threads.for_each(5, [&](int64_t) { ++seen; }); });
  EXPECT_EQ(seen, 20);
}

TEST(Threads, takes_as_many_as_the_process_may_use) {
  EXPECT_GE(Threads::available(), 1);
  EXPECT_EQ(Threads().count(), Threads::available());
}

}  // namespace
}  // namespace thaw
