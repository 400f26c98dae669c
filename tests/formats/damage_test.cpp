// Files damaged by chance and on purpose: reading them ends in an Error or a model, with little
// memory, and never in anything else.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "formats/small_model.h"
#include "support/error_of.h"
#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/keras/hdf5/file.h"
#include "thaw/formats/model_file.h"

namespace thaw {
namespace {

using testing::error_of;
using testing::small_model;

int64_t peak_memory_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

class Damage : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    path = folder / GetParam();
    if (is_weights()) {
      save_weights(model, path);
    } else {
      save_model(model, path);
    }
    whole = read_file(path);
  }

  bool is_weights() const { return std::string(GetParam()).starts_with("weights"); }

  /// The error's message; empty when the file was read.
  std::string read(const std::string& content) const {
    std::filesystem::remove(
        path);  // some file systems put an overwritten file on disk at once, which is slow
    std::ofstream(path, std::ios::binary) << content;
    return error_of([&] {
      if (is_weights()) {
        load_weights(model, path);
      } else {
        load_model(path);
      }
    });
  }

  const testing::TemporaryFolder folder;
  const Functional model = small_model();
  std::filesystem::path path;
  std::string whole;
};

TEST_P(Damage, of_any_byte_is_an_error_or_goes_unnoticed) {
  const int64_t before = peak_memory_bytes();
  size_t errors = 0;
  // The archive's checksum catches nearly all: a third of them is enough there.
  const size_t step = path.extension() == ".keras" ? 3 : 1;
  for (size_t at = 0; at < whole.size(); at += step) {
    // One bit, all bits, and in turn the values that sizes and counts are likely to break at.
    const unsigned char masks[] = {0xFF, 0x01, 0x80, 0x10};
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ masks[at % 4]);
    errors += read(damaged).empty() ? 0 : 1;
  }
  EXPECT_GT(errors, 100U);
  EXPECT_LT(errors, whole.size()) << "not even the undamaged part was read";
  EXPECT_LT(peak_memory_bytes() - before, int64_t{256} << 20);
}

TEST_P(Damage, of_eight_bytes_at_once_is_an_error_or_goes_unnoticed) {
  const int64_t before = peak_memory_bytes();
  for (size_t at = 0; at + 8 < whole.size(); at += 8) {
    for (const char* value :
         {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\xF0\xFF\xFF\xFF\xFF\xFF\xFF\x7F",
          "\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F"}) {
      std::string damaged = whole;
      damaged.replace(at, 8, value, 8);
      (void)read(damaged);
    }
  }
  EXPECT_LT(peak_memory_bytes() - before, int64_t{256} << 20);
}

TEST_P(Damage, by_cutting_off_is_always_an_error) {
  for (size_t size = 0; size < whole.size(); size += size < 256 ? 1 : 31)
    EXPECT_NE(read(whole.substr(0, size)), "") << "cut to " << size;
}

/// Addresses replaced by those of other structures in the same file, which makes circles and
/// overlaps.
TEST_P(Damage, by_swapped_addresses_is_an_error_or_goes_unnoticed) {
  if (std::string(GetParam()).ends_with("keras")) GTEST_SKIP() << "a checksum guards the addresses";
  const int64_t before = peak_memory_bytes();
  std::vector<size_t> addresses;
  for (size_t at = 0; at + 8 <= whole.size(); at += 8) {
    uint64_t value = 0;
    std::memcpy(&value, whole.data() + at, 8);
    if (value >= 96 && value < whole.size()) addresses.push_back(at);
  }
  ASSERT_GT(addresses.size(), 20U);
  for (size_t i = 0; i < addresses.size(); ++i) {
    for (size_t j = i % 7; j < addresses.size(); j += 7) {
      std::string damaged = whole;
      damaged.replace(addresses[i], 8, whole, addresses[j], 8);
      (void)read(damaged);
    }
  }
  EXPECT_LT(peak_memory_bytes() - before, int64_t{256} << 20);
}

INSTANTIATE_TEST_SUITE_P(Every, Damage,
                         ::testing::Values("model.h5", "model.keras", "weights.h5",
                                           "weights.weights.h5"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

/// The same for the forms that Keras does not write but we read.
class Hdf5Damage : public ::testing::TestWithParam<const char*> {};

void read_all(const keras::Hdf5File& file, const std::string& group, int levels) {
  (void)error_of([&] { (void)file.list_attribute(group, "variable_list"); });
  (void)error_of([&] { (void)file.text_attribute(group, "name"); });
  std::vector<std::string> children;
  (void)error_of([&] { children = file.children(group); });
  for (const std::string& child : children) {
    const std::string path = group + "/" + child;
    (void)error_of([&] { file.read_dataset(path); });
    if (levels > 0) read_all(file, path, levels - 1);
  }
}

TEST_P(Hdf5Damage, is_an_error_or_goes_unnoticed) {
  const std::string whole = testing::unzip_golden(std::string("hdf5/") + GetParam() + ".h5.gz");
  const int64_t before = peak_memory_bytes();
  // Half of them, so that it takes seconds.
  for (size_t at = 0; at < whole.size() && at < 20'000; at += 2) {
    std::string damaged = whole;
    const unsigned char masks[] = {0xFF, 0x01, 0x80};
    damaged[at] = static_cast<char>(damaged[at] ^ masks[at % 3]);
    (void)error_of([&] { read_all(keras::Hdf5File::open_bytes(std::move(damaged)), "", 3); });
  }
  EXPECT_LT(peak_memory_bytes() - before, int64_t{256} << 20);
}

INSTANTIATE_TEST_SUITE_P(Every, Hdf5Damage,
                         ::testing::Values("numbers", "chunks", "few_new", "few_ordered",
                                           "elsewhere", "strange", "circle"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace thaw
