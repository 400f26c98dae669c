// Every file of tests/fuzz/corpus/, and some thousand seeded changes of each, through the targets
// that libFuzzer runs: under the sanitizers this is where a crash that was once found stays found.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "fuzz/targets.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

using Target = bool (*)(std::string bytes);

struct Corpus {
  const char* name;
  Target target;
};

std::ostream& operator<<(std::ostream& stream, const Corpus& corpus) {
  return stream << corpus.name;
}

class Fuzz : public ::testing::TestWithParam<Corpus> {
 protected:
  static std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> found;
    const auto folder =
        std::filesystem::path(THAW_SOURCE_FOLDER) / "tests/fuzz/corpus" / GetParam().name;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
  }
};

int64_t peak_memory_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

TEST_P(Fuzz, files_that_are_good_are_read_and_hostile_ones_are_not) {
  ASSERT_GE(files().size(), 4U);
  for (const auto& file : files()) {
    const bool is_good = file.filename().string().starts_with("good");
    EXPECT_EQ(GetParam().target(read_file(file)), is_good) << file;
  }
}

/// The changes that libFuzzer makes too: bytes changed, removed or copied elsewhere, extreme
/// numbers.
std::string changed(std::string bytes, std::mt19937& random) {
  const auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  for (size_t n = 1 + below(3); n > 0 && bytes.size() > 16; --n) {
    const size_t at = below(bytes.size() - 8);
    const size_t length = 1 + below(8);
    switch (below(5)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.replace(at, length, bytes.substr(below(bytes.size() - 8), length));
        break;
      case 3:
        bytes.replace(at, length, std::string(length, below(2) == 0 ? '\xFF' : '\0'));
        break;
      default:
        bytes.erase(at, length);
        break;
    }
  }
  return bytes;
}

TEST_P(Fuzz, changes_of_them_end_in_what_it_holds_or_an_error_in_little_memory) {
  const int64_t before = peak_memory_bytes();
  constexpr unsigned seed = 1;
  std::mt19937 random(seed);
  constexpr int changes = 400;
  int refused = 0;
  for (const auto& file : files()) {
    const std::string bytes = read_file(file);
    for (int i = 0; i < changes; ++i) refused += GetParam().target(changed(bytes, random)) ? 0 : 1;
  }
  EXPECT_GT(refused, 100) << "seed " << seed;
  EXPECT_LT(peak_memory_bytes() - before, int64_t{256} << 20) << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(
    Every, Fuzz,
    ::testing::Values(Corpus{"h5", read_h5}, Corpus{"keras", read_keras}, Corpus{"onnx", read_onnx},
                      Corpus{"tensorflow_js", read_tensorflow_js},
                      Corpus{"graph_def", read_graph_def},
                      Corpus{"tensor_bundle", read_tensor_bundle}, Corpus{"tflite", read_tflite},
                      Corpus{"torch", read_torch}, Corpus{"safetensors", read_safetensors},
                      Corpus{"idx", read_idx}, Corpus{"zip", read_zip}, Corpus{"tar", read_tar},
                      Corpus{"csv", read_csv}, Corpus{"json_lines", read_json_lines},
                      Corpus{"unknown_detector", read_unknown_detector}),
    ::testing::PrintToStringParamName());

}  // namespace
}  // namespace thaw::testing
