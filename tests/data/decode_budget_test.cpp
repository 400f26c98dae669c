#include "thaw/data/decode_budget.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "support/image_files.h"
#include "support/limits.h"
#include "thaw/core/error.h"
#include "thaw/data/image.h"
#include "thaw/data/image_dataset.h"

namespace thaw {
namespace {

using namespace std::string_literals;

TEST(DecodeBudget, is_a_quarter_of_the_memory_or_less) {
  const int64_t memory = int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  EXPECT_GT(DecodeBudget::of_process().bytes(), 0);
  EXPECT_LE(DecodeBudget::of_process().bytes(), memory / 4);
}

TEST(DecodeBudget, is_never_exceeded_but_by_one_alone_and_everyone_is_served) {
  DecodeBudget budget(100);
  std::atomic<int64_t> taken = 0;
  std::atomic<int64_t> most_beside_others = 0;
  std::atomic<int> served = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int turn = 0; turn < 200; ++turn) {
        const int64_t bytes = thread == 0 ? 150 : 10 + (thread * 31 + turn * 17) % 60;
        DecodeRoom room(budget);
        room.take(5);
        room.take(bytes - 5);
        const int64_t now = taken += bytes;
        if (now != bytes) {
          int64_t most = most_beside_others;
          while (now > most && !most_beside_others.compare_exchange_weak(most, now)) {
          }
        }
        std::this_thread::yield();
        taken -= bytes;
        ++served;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 8 * 200);
  EXPECT_LE(most_beside_others, 100);
}

TEST(DecodeBudget, an_image_takes_what_it_needs_and_a_progressive_one_its_coefficients_too) {
  // A budget of fewer bytes than the image needs is taken whole: nobody else is served meanwhile.
  for (const auto& [name, least] : {std::pair<const char*, int64_t>{"baseline.jpg", 6},
                                    {"progressive_444.jpg", 12},
                                    {"photo.heic", 15},
                                    {"lzw.tif", 10}}) {
    const std::string content = testing::image_bytes(name);
    const Image image = decode_image(testing::bytes_of(content));
    DecodeBudget budget(least * image.width * image.height);
    DecodeRoom room(budget);
    (void)decode_image(testing::bytes_of(content), {.room = &room});
    std::atomic<bool> is_served = false;
    std::thread other([&] {
      DecodeRoom more(budget);
      more.take(budget.bytes() / 4);
      is_served = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(is_served) << name;
    room.give_back();
    other.join();
    EXPECT_TRUE(is_served) << name;
  }
}

TEST(DecodeBudget, bounds_what_many_progressive_images_of_many_threads_take) {
  // 544 bytes that declare 6000×6000: with its coefficients each takes 432 MB.
  const std::string small = testing::image_bytes("progressive_444.jpg");
  const size_t frame = small.find("\xff\xc2\0"s);
  const std::string bomb = testing::patched(
      small, frame + 5, testing::big_endian(6000, 2) + testing::big_endian(6000, 2));
  constexpr int64_t budget_bytes = 600'000'000;
  DecodeBudget budget(budget_bytes);
  std::vector<std::thread> threads;
  std::atomic<int> decoded = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      DecodeRoom room(budget);
      try {
        (void)decode_image(testing::bytes_of(bomb), {.room = &room});
      } catch (const Error&) {
        // It holds too few scans for its size, which libjpeg may notice.
      }
      ++decoded;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(decoded, 8);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  if (!testing::addresses_can_be_limited) GTEST_SKIP() << "a sanitizer's memory is counted too";
  RecordProperty("peak_rss_megabytes", static_cast<int>(usage.ru_maxrss / 1024));
  EXPECT_LT(int64_t{usage.ru_maxrss} * 1024, budget_bytes + (int64_t{400} << 20));
}

TEST(DecodeBudget, a_file_waits_for_its_bytes_too_before_it_is_read) {
  const testing::TemporaryFolder folder;
  const auto file = folder.write("long.jpg", "\xff\xd8\xff\xe0" + std::string(1 << 20, '\0'));
  DecodeBudget budget(2 << 20);
  DecodeRoom other(budget);
  other.take(3 << 19);
  std::atomic<bool> is_read = false;
  std::thread reader([&] {
    DecodeRoom room(budget);
    (void)read_image_file(file, nullptr, &room);
    is_read = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(is_read);
  other.give_back();
  reader.join();
  EXPECT_TRUE(is_read);
}

/// An image whose decoding finds no memory, as its operator new would say it.
TEST(ImageDataset, an_image_without_memory_is_an_error_by_name_and_ends_nothing) {
  const testing::TemporaryFolder folder;
  const auto large = folder.write("large.png", testing::png_of_zeros(9000, 9000));
  const auto small = testing::image_path("rgb.png");
  const ImageDataset data(std::vector<std::filesystem::path>{large, small},
                          {.size = {.height = 8, .width = 8}});
  std::vector<float> values(8 * 8 * 3);
  if (!testing::addresses_can_be_limited) GTEST_SKIP() << "a sanitizer is in the way";
  {
    const testing::Limit limit(RLIMIT_AS, testing::address_space_bytes() + (64 << 20));
    const std::string message = testing::error_of([&] { data.load(0, values); });
    EXPECT_NE(message.find("large.png: "), std::string::npos) << message;
    EXPECT_NO_THROW(data.load(1, values));
  }
  EXPECT_NO_THROW(data.load(0, values));
}

TEST(ImageFiles, a_large_file_that_is_no_image_is_judged_by_its_first_bytes) {
  const testing::TemporaryFolder folder;
  const auto file = folder.write("huge.jpg", std::string(16, '\0'));
  ASSERT_EQ(::truncate(file.c_str(), off_t{3} << 30), 0);
  const std::string message = testing::error_of([&] { (void)read_image(file); });
  EXPECT_NE(message.find("received a file that begins with 00 00 00 00 00 00 00 00"),
            std::string::npos)
      << message;
  EXPECT_NE(why_no_image(file), "");
  EXPECT_EQ(why_no_image(testing::image_path("photo.heic")), "");
}

TEST(ImageFiles, a_pipe_is_not_waited_for) {
  const testing::TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe.jpg";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(testing::error_of([&] { (void)read_image(pipe); }),
            pipe.string() + ": cannot be read: it is no regular file");
}

TEST(ImageFiles, a_folder_holds_no_image) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(testing::error_of([&] { (void)read_image(folder.path()); }),
            folder.path().string() + ": the folder holds no images");
}

}  // namespace
}  // namespace thaw
